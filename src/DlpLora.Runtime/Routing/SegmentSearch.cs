using System.Numerics.Tensors;

namespace DlpLora.Runtime.Routing;

/// <summary>
/// Finds the segments of a text: the cut of its sentences into at most <see cref="MaximumSegments"/> runs whose most likely labels are together
/// the most likely, each further run paying the router's switch penalty. Exact (dynamic programming over every run of sentences).
/// </summary>
internal static class SegmentSearch
{
    public const int MaximumSegments = 4;

    /// <summary>The search looks at every run of units, so their number is bounded; longer texts have their sentences grouped first.</summary>
    private const int MaximumUnits = 40;

    /// <summary>Extra cost of a cut inside a line and at a single line break, beside that at a blank line, in switch penalties.</summary>
    private const float InsideLineCost = 1f;
    private const float LineBreakCost = 0.5f;

    /// <summary>No sentence speaks against a label more than this, in nats.</summary>
    private const float LeastEvidence = -5;

    /// <summary>A sentence of as many features counts half; short ones lean on their neighbours.</summary>
    private const float FeaturesOfHalfWeight = 60;

    public static List<SentenceRange> Find(RouterModel model, string text, RoutingPolicy policy) =>
        Cut(text, Score(model, text, policy), model.Calibration.SwitchPenalty);

    /// <summary>Scores every run of units.</summary>
    public static SegmentScores Score(RouterModel model, string text, RoutingPolicy policy)
    {
        List<SentenceRange> units = Units(text);
        SegmentScores whole = new([new SentenceRange(0, text.Length)], new float[1, 2], new int[1, 2]);
        if (units.Count <= 1)
        {
            return whole;
        }

        bool[] admitted = new bool[model.ScoreCount];
        bool any = false;
        for (int i = 0; i < model.Labels.Length; i++)
        {
            any |= admitted[i] = policy.Admits(model.Labels[i]);
        }

        admitted[^1] = policy.Abstain;
        if (!any)
        {
            return whole;
        }

        (float[,] gains, int[,] labels) = ScoreRuns(model, text, units, admitted);
        return new SegmentScores(units, gains, labels);
    }

    /// <summary>Sentences, with option lines joined to what they belong to, grouped down to the bound.</summary>
    private static List<SentenceRange> Units(string text)
    {
        List<SentenceRange> units = [];
        foreach (SentenceRange sentence in SentenceSegmenter.Enumerate(text))
        {
            if (units.Count > 0 && IsOption(text.AsSpan(sentence.Start, sentence.Length)))
            {
                units[^1] = new SentenceRange(units[^1].Start, sentence.End);
            }
            else
            {
                units.Add(sentence);
            }
        }

        if (units.Count <= MaximumUnits)
        {
            return units;
        }

        int size = (units.Count + MaximumUnits - 1) / MaximumUnits;
        List<SentenceRange> grouped = [];
        for (int i = 0; i < units.Count; i += size)
        {
            grouped.Add(new SentenceRange(units[i].Start, units[Math.Min(i + size, units.Count) - 1].End));
        }

        return grouped;
    }

    /// <summary>Whether a line reads as <c>A) ...</c>, <c>b. ...</c>, <c>(C) ...</c>: it belongs to the question above.</summary>
    private static bool IsOption(ReadOnlySpan<char> line)
    {
        line = line.TrimStart();
        bool bracket = line.StartsWith('(');
        line = bracket ? line[1..] : line;
        return line.Length >= 3 && char.IsAsciiLetter(line[0]) && (line[1] == ')' || (!bracket && line[1] == '.')) && line[2] == ' ';
    }

    /// <summary>
    /// For every run [i, j) of units the label that fits it best and how well: the mean of the label's log probability over the run's whole
    /// text and the sum of those of its units. The whole says what the parts mean together; the parts say where a stranger stands among them,
    /// which a long text would drown.
    /// </summary>
    private static (float[,] Gains, int[,] Labels) ScoreRuns(RouterModel model, string text, List<SentenceRange> units, bool[] admitted)
    {
        int n = units.Count;
        int width = model.SumLength;
        int classes = model.ScoreCount;
        int[] prefix = new int[(n + 1) * width]; // [n + 1, width]
        float[] evidence = new float[(n + 1) * classes]; // [n + 1, labels + 1], running sums of the units' log probabilities
        int[] counts = new int[n + 1];
        int[] sums = new int[width];
        float[] scores = new float[classes];
        for (int i = 0; i < n; i++)
        {
            int count = model.Sum(text.AsSpan(units[i].Start, units[i].Length), sums);
            counts[i + 1] = counts[i] + count;
            TensorPrimitives.Add(prefix.AsSpan(i * width, width), sums, prefix.AsSpan((i + 1) * width, width));
            model.Score(sums, count, scores);
            LogProbabilities(scores, admitted, model.Calibration.Temperature);
            TensorPrimitives.Max(scores, LeastEvidence, scores);
            TensorPrimitives.Multiply(scores, count / (count + FeaturesOfHalfWeight), scores);
            TensorPrimitives.Add(evidence.AsSpan(i * classes, classes), scores, evidence.AsSpan((i + 1) * classes, classes));
        }

        float[,] gains = new float[n, n + 1];
        int[,] labels = new int[n, n + 1];
        for (int i = 0; i < n; i++)
        {
            for (int j = i + 1; j <= n; j++)
            {
                TensorPrimitives.Subtract(prefix.AsSpan(j * width, width), prefix.AsSpan(i * width, width), sums);
                model.Score(sums, counts[j] - counts[i], scores);
                LogProbabilities(scores, admitted, model.Calibration.Temperature);
                TensorPrimitives.Max(scores, LeastEvidence * 2, scores);
                TensorPrimitives.Add(scores, evidence.AsSpan(j * classes, classes), scores);
                TensorPrimitives.Subtract(scores, evidence.AsSpan(i * classes, classes), scores);
                int best = TensorPrimitives.IndexOfMax<float>(scores);
                (gains[i, j], labels[i, j]) = (scores[best], best);
            }
        }

        return (gains, labels);
    }

    /// <summary>Scores to log probabilities over those admitted; the others become very unlikely.</summary>
    private static void LogProbabilities(Span<float> scores, bool[] admitted, float temperature)
    {
        float max = float.NegativeInfinity;
        for (int i = 0; i < scores.Length; i++)
        {
            max = admitted[i] ? Math.Max(max, scores[i]) : max;
        }

        float sum = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = admitted[i] ? (scores[i] - max) / temperature : -1000;
            sum += MathF.Exp(scores[i]);
        }

        TensorPrimitives.Subtract(scores, MathF.Log(sum), scores);
    }

    /// <summary>The best cut under a penalty.</summary>
    public static List<SentenceRange> Cut(string text, SegmentScores scores, float penalty)
    {
        (List<SentenceRange> units, float[,] gains, int[,] labels) = scores;
        int n = units.Count;
        float[] costs = new float[n]; // of a cut before each unit
        for (int i = 1; i < n; i++)
        {
            costs[i] = penalty * (1 + CutCost(text, units[i].Start));
        }

        // best[k, j]: the best value of units [0, j) in k + 1 runs; from[k, j]: where its last run starts.
        float[,] best = new float[MaximumSegments, n + 1];
        int[,] from = new int[MaximumSegments, n + 1];
        for (int j = 1; j <= n; j++)
        {
            best[0, j] = gains[0, j];
        }

        for (int k = 1; k < MaximumSegments; k++)
        {
            for (int j = 0; j <= n; j++)
            {
                best[k, j] = float.NegativeInfinity;
                for (int i = k; i < j; i++)
                {
                    int before = labels[k == 1 ? 0 : from[k - 1, i], i];
                    if (before == labels[i, j])
                    {
                        continue;
                    }

                    float value = best[k - 1, i] + gains[i, j] - costs[i];
                    if (value > best[k, j])
                    {
                        best[k, j] = value;
                        from[k, j] = i;
                    }
                }
            }
        }

        int runs = 0;
        for (int k = 1; k < MaximumSegments; k++)
        {
            if (best[k, n] > best[runs, n])
            {
                runs = k;
            }
        }

        List<SentenceRange> segments = [];
        int end = n;
        for (int k = runs; k >= 0; k--)
        {
            int start = k == 0 ? 0 : from[k, end];
            segments.Add(new SentenceRange(units[start].Start, units[end - 1].End));
            end = start;
        }

        segments.Reverse();
        return segments;
    }

    private static float CutCost(string text, int cut)
    {
        int breaks = 0;
        for (int i = cut - 1; i >= 0 && breaks < 2 && char.IsWhiteSpace(text[i]); i--)
        {
            breaks += text[i] == '\n' ? 1 : 0;
        }

        return breaks >= 2 ? 0 : breaks == 1 ? LineBreakCost : InsideLineCost;
    }
}
