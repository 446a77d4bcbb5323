using System.Text;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Routing.Wordings;

namespace DlpLora.Runtime.Training;

/// <summary>Finds temperature, abstention threshold and switch penalty on rows that were kept out of training.</summary>
internal static class Calibrator
{
    /// <summary>The share of the validation views that the threshold may turn away.</summary>
    private const double Rejected = 0.03;

    private const float LowestThreshold = 0.05f;
    private const float HighestThreshold = 0.999f;

    public static RouterModel Calibrate(
        RouterModel model, ValidationSet views, IReadOnlyList<TextAnatomy> rows, RouterTrainingOptions options)
    {
        if (views.IsEmpty)
        {
            return model.With(new RouterCalibration(1, LowestThreshold, 1));
        }

        float[][] scores = Score(model, views.Texts, options.Threads);
        float temperature = FindTemperature(scores, views.Labels);
        model = model.With(new RouterCalibration(temperature, 0, 1));
        float threshold = views.Negatives.Count > 0 ? FindThreshold(scores, temperature) : 0;
        model = model.With(new RouterCalibration(temperature, threshold, 1));
        return model.With(model.Calibration with { SwitchPenalty = FindPenalty(model, rows, options) });
    }

    private static float[][] Score(RouterModel model, IReadOnlyList<string> texts, int threads)
    {
        float[][] scores = new float[texts.Count][];
        Parallel.For(0, texts.Count, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
        {
            scores[i] = new float[model.ScoreCount];
            model.Score(texts[i], scores[i]);
        });
        return scores;
    }

    /// <summary>The temperature of the least mean loss over the labels, by a search over its logarithm.</summary>
    private static float FindTemperature(float[][] scores, IReadOnlyList<int> labels)
    {
        double low = Math.Log(0.05);
        double high = Math.Log(20);
        double ratio = (Math.Sqrt(5) - 1) / 2;
        for (int i = 0; i < 40; i++)
        {
            double a = high - (ratio * (high - low));
            double b = low + (ratio * (high - low));
            if (Loss(scores, labels, Math.Exp(a)) < Loss(scores, labels, Math.Exp(b)))
            {
                high = b;
            }
            else
            {
                low = a;
            }
        }

        return (float)Math.Exp((low + high) / 2);
    }

    private static double Loss(float[][] scores, IReadOnlyList<int> labels, double temperature)
    {
        double loss = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            ReadOnlySpan<float> own = scores[i].AsSpan(..^1);
            double max = float.NegativeInfinity;
            foreach (float score in own)
            {
                max = Math.Max(max, score);
            }

            double sum = 0;
            foreach (float score in own)
            {
                sum += Math.Exp((score - max) / temperature);
            }

            loss += Math.Log(sum) + ((max - own[labels[i]]) / temperature);
        }

        return loss / scores.Length;
    }

    private static float FindThreshold(float[][] scores, float temperature)
    {
        float[] confidences = [.. scores.Select(s => Confidence(s, temperature)).Order()];
        return Math.Clamp(confidences[(int)(confidences.Length * Rejected)], LowestThreshold, HighestThreshold);
    }

    private static float Confidence(float[] scores, float temperature)
    {
        float max = scores.Max();
        float inside = 0;
        foreach (float score in scores.AsSpan(..^1))
        {
            inside += MathF.Exp((score - max) / temperature);
        }

        return inside / (inside + MathF.Exp((scores[^1] - max) / temperature));
    }

    /// <summary>The penalty that most often finds one segment in one text and the border between two, on texts put together from validation rows.</summary>
    private static float FindPenalty(RouterModel model, IReadOnlyList<TextAnatomy> rows, RouterTrainingOptions options)
    {
        const int Trials = 120;
        ReadOnlySpan<float> candidates = [0.2f, 0.3f, 0.5f, 0.75f, 1, 1.5f, 2, 2.5f, 3, 3.5f, 4, 5, 6, 8];
        if (rows.Count < 2)
        {
            return 1;
        }

        TrainingRandom random = new(options.Seed, stream: 17);
        List<(string Text, int Border)> trials = [];
        StringBuilder text = new();
        for (int i = 0; i < Trials; i++)
        {
            TextAnatomy first = rows[random.Below(rows.Count)];
            TextAnatomy second = rows[random.Below(rows.Count)];
            if (first.Label == second.Label)
            {
                continue;
            }

            trials.Add((first.Text, -1));
            text.Clear().Append(first.Text).Append(random.Chance(0.7f) ? "\n\n" : "\n").Append(second.Text);
            trials.Add((text.ToString(), first.Text.Length));
        }

        float best = 1;
        int most = -1;
        SegmentScores[] scored = new SegmentScores[trials.Count];
        Parallel.For(0, trials.Count, new ParallelOptions { MaxDegreeOfParallelism = options.Threads }, i =>
            scored[i] = SegmentSearch.Score(model, trials[i].Text, RoutingPolicy.Default));
        foreach (float penalty in candidates)
        {
            int right = 0;
            for (int i = 0; i < trials.Count; i++)
            {
                List<SentenceRange> found = SegmentSearch.Cut(trials[i].Text, scored[i], penalty);
                int border = trials[i].Border;
                right += border < 0
                    ? found.Count == 1 ? 1 : 0
                    : found.Count == 2 && found[0].End >= border && found[0].End <= border + 2 ? 1 : 0;
            }

            if (right > most)
            {
                (most, best) = (right, penalty);
            }
        }

        return best;
    }
}
