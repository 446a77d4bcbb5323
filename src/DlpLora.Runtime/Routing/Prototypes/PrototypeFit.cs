using System.Numerics.Tensors;

namespace DlpLora.Runtime.Routing.Prototypes;

/// <summary>
/// Finds the numbers of a new label from a few examples, in milliseconds: a direction in the pooled space (Fisher's discriminant under the covariance of
/// the labels before), the features that its examples share and other texts lack, and how much weight both get beside the scores that the model
/// gives already, by a logistic regression whose own texts are scored by what the other examples say.
/// </summary>
internal sealed class PrototypeFit
{
    private const double Shrinkage = 0.3;

    /// <summary>What half a text counts as, beside the whole: a half of an example may lack all that makes it one, a half of another text is none either.</summary>
    private const double OwnHalf = 0.1;
    private const double OtherHalf = 1;

    /// <summary>Where as many of the examples are a label's already, the two may be for the same task.</summary>
    private const double RivalShare = 0.8;

    /// <summary>Two labels are told apart by this share of their texts, or taken for one task; a coin would reach 0.5.</summary>
    private const double LeastApart = 0.75;

    /// <summary>What words, direction and bias are worth before anything is known, and how firmly that is believed.</summary>
    private static readonly double[] Prior = [0.3, 0.1, 0];
    private static readonly double[] Strength = [0.1, 0.1, 0.01];

    private readonly RouterModel _model;
    private readonly List<Text> _examples = [];
    private readonly List<Text> _others = [];
    private readonly WordWeights _words;
    private readonly ShrunkCovariance _covariance;
    private readonly float[] _mean; // [width], of the examples
    private readonly float[] _origin; // [width], of the other labels' means

    private PrototypeFit(RouterModel model, IReadOnlyList<uint[]> examples, int words)
    {
        _model = model;
        foreach (uint[] example in examples)
        {
            _examples.Add(Read(example, example.Length, model.Labels.Length));
        }

        foreach (ReplayRow row in model.Replay.Rows)
        {
            _others.Add(Read(row.Features, row.Length, row.Label));
        }

        _words = new WordWeights(examples, [.. _others.Select(o => o.Features)], words);
        _mean = Mean(_examples);
        List<float[]> deviations = [];
        List<float[]> means = [];
        foreach (IGrouping<int, Text> label in _others.GroupBy(o => o.Label))
        {
            float[] mean = Mean([.. label]);
            means.Add(mean);
            deviations.AddRange(label.Select(t => Less(t.Pooled, mean)));
        }

        deviations.AddRange(_examples.Select(t => Less(t.Pooled, _mean)));
        _covariance = new ShrunkCovariance(deviations, PrototypeHead.Width(model.Recipe), Shrinkage);
        _origin = means.Count == 0 ? new float[PrototypeHead.Width(model.Recipe)] : Mean(means);
    }

    /// <summary>Fits.</summary>
    /// <param name="model">The model before.</param>
    /// <param name="examples">The features of the new label's texts, two texts at least, none empty.</param>
    /// <param name="words">The most features to keep.</param>
    /// <returns>The label's numbers, and the label that stands for the same texts, or -1.</returns>
    public static (AddedLabel Label, int Twin) Fit(RouterModel model, IReadOnlyList<uint[]> examples, int words)
    {
        PrototypeFit fit = new(model, examples, words);
        int rival = fit.FindRival();
        (AddedLabel label, bool apart) = fit.Solve(ReplayRows.None, rival);
        return rival < 0 || apart ? (label, -1) : (fit.Solve(rival, rival).Label, rival);
    }

    /// <summary>The label that nearly all examples belong to already, or -1.</summary>
    private int FindRival()
    {
        int rival = _examples.GroupBy(e => e.Best).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).First().Key;
        return rival < _model.Labels.Length && _examples.Count(e => e.Best == rival && e.Scores[rival] - e.Offset > Math.Log(0.5)) >= RivalShare * _examples.Count
            ? rival
            : -1;
    }

    /// <summary>Solves for the numbers.</summary>
    /// <param name="twin">A label that shares its texts with the new one: neither is held against the other.</param>
    /// <param name="rival">A label to compare with, or -1.</param>
    /// <returns>The numbers, and whether the examples can be told from the rival's texts.</returns>
    private (AddedLabel Label, bool Apart) Solve(int twin, int rival)
    {
        float temperature = _model.Calibration.Temperature;
        OffsetLogistic logistic = new();
        for (int i = 0; i < _examples.Count; i++)
        {
            Text example = _examples[i];
            float[] direction = Direction(MeanWithout(i));
            AddSample(logistic, example, direction, example.Features, 1, twin);
            AddHalves(logistic, example, direction, example.Features, OwnHalf, twin);
        }

        float[] vector = Direction(_mean);
        foreach (Text other in _others)
        {
            if (twin >= 0 && other.Label == twin)
            {
                continue;
            }

            AddSample(logistic, other, vector, [], 1, twin);
            AddHalves(logistic, other, vector, [], OtherHalf, twin);
        }

        double[] w = logistic.Fit(Prior, Strength);
        (sbyte[] quantized, float scale) = Quantize(vector, w[1] * temperature);
        (sbyte[] wordWeights, float wordScale) = Quantize([.. _words.Weights.Select(x => (float)x)], w[0] * temperature);
        AddedLabel label = new(quantized, scale, (float)(w[2] * temperature), _words.Words, wordWeights, wordScale);
        return (label, rival >= 0 && IsApart(w, vector, rival));
    }

    /// <summary>Whether the new label wins most of its own texts, each judged by the others, and the rival most of its own.</summary>
    private bool IsApart(double[] w, float[] vector, int rival)
    {
        double own = _examples.Select((e, i) => Lead(e, Direction(MeanWithout(i)), e.Features) > 0 ? 1.0 : 0).Average();
        double[] others = [.. _others.Where(o => o.Label == rival).Select(o => Lead(o, vector, []) < 0 ? 1.0 : 0)];
        return (own + (others.Length > 0 ? others.Average() : 1)) / 2 >= LeastApart;

        double Lead(Text text, float[] direction, uint[] features) =>
            (w[0] * _words.Score(text.Features, text.Length, features)) + (w[1] * TensorPrimitives.Dot<float>(direction, text.Pooled)) + w[2] - text.Scores[rival];
    }

    /// <summary>The front and the back of a text: a wording without its content, a content without its wording, roughly.</summary>
    private void AddHalves(OffsetLogistic logistic, Text text, float[] direction, uint[] own, double weight, int twin)
    {
        int half = text.Features.Length / 2;
        foreach (uint[] part in (uint[][])[text.Features[..half], text.Features[half..]])
        {
            if (part.Length > 0 && weight > 0)
            {
                AddSample(logistic, Read(part, (int)((long)text.Length * part.Length / text.Features.Length), text.Label), direction, own, weight, twin);
            }
        }
    }

    private void AddSample(OffsetLogistic logistic, Text text, float[] direction, uint[] own, double weight, int twin) => logistic.Add(
        _words.Score(text.Features, text.Length, own), TensorPrimitives.Dot<float>(direction, text.Pooled), twin < 0 ? text.Offset : text.OffsetWithout(twin), own.Length > 0, weight);

    private float[] Direction(float[] mean) => _covariance.Solve(Less(mean, _origin));

    private float[] MeanWithout(int example)
    {
        float[] mean = [.. _mean];
        for (int i = 0; i < mean.Length; i++)
        {
            mean[i] = ((mean[i] * _examples.Count) - _examples[example].Pooled[i]) / (_examples.Count - 1);
        }

        return mean;
    }

    /// <summary>Reads a text of so many features, of which some are known: the sums over all of them are estimated from those.</summary>
    private Text Read(uint[] features, int length, int label)
    {
        int[] sums = new int[_model.SumLength];
        _model.Sum(features, sums);
        for (int i = 0; i < sums.Length && length > features.Length; i++)
        {
            sums[i] = (int)((long)sums[i] * length / features.Length);
        }

        float[] pooled = new float[_model.Recipe.Width];
        _model.Pool(sums, length, pooled);
        float[] scores = new float[_model.ScoreCount];
        _model.Score(sums, length, scores);
        TensorPrimitives.Divide(scores, _model.Calibration.Temperature, scores);
        return new Text(features, length, label, pooled[..PrototypeHead.Width(_model.Recipe)], scores);
    }

    private static float[] Mean(IReadOnlyList<Text> texts) => Mean([.. texts.Select(t => t.Pooled)]);

    private static float[] Mean(List<float[]> vectors)
    {
        float[] mean = new float[vectors[0].Length];
        foreach (float[] vector in vectors)
        {
            TensorPrimitives.Add(mean, vector, mean);
        }

        TensorPrimitives.Divide(mean, vectors.Count, mean);
        return mean;
    }

    private static float[] Less(float[] x, float[] y)
    {
        float[] difference = new float[x.Length];
        TensorPrimitives.Subtract(x, y, difference);
        return difference;
    }

    private static (sbyte[] Values, float Scale) Quantize(float[] values, double factor)
    {
        float largest = 0;
        foreach (float value in values)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        float step = largest > 0 ? largest / 127 : 1;
        sbyte[] rounded = new sbyte[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            rounded[i] = (sbyte)MathF.Round(values[i] / step);
        }

        return (rounded, (float)(step * factor));
    }

    /// <summary>A text as the model sees it.</summary>
    private sealed class Text
    {
        public Text(uint[] features, int length, int label, float[] pooled, float[] scores)
        {
            Features = features;
            Length = length;
            Label = label;
            Pooled = pooled;
            Scores = scores;
            Best = TensorPrimitives.IndexOfMax<float>(scores);
            Offset = OffsetWithout(ReplayRows.None);
        }

        /// <summary>Those that are known.</summary>
        public uint[] Features { get; }

        /// <summary>How many the text has.</summary>
        public int Length { get; }

        /// <summary>The index of the label, or <see cref="ReplayRows.None"/>.</summary>
        public int Label { get; }

        /// <summary>[width].</summary>
        public float[] Pooled { get; }

        /// <summary>[labels + 1], at the temperature.</summary>
        public float[] Scores { get; }

        public int Best { get; }

        /// <summary>The log of the sum of the exponentials of the scores.</summary>
        public double Offset { get; }

        public double OffsetWithout(int label)
        {
            double sum = 0;
            for (int i = 0; i < Scores.Length; i++)
            {
                sum += i == label ? 0 : Math.Exp(Scores[i] - Scores[Best]);
            }

            return Math.Log(Math.Max(sum, 1e-30)) + Scores[Best];
        }
    }
}
