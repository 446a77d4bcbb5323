using System.Numerics.Tensors;

namespace DlpLora.Runtime.Routing.Prototypes;

/// <summary>
/// Finds the numbers of a new label from a few examples, in milliseconds: a direction in the pooled space (Fisher's discriminant under the covariance of
/// the labels before), the features that its examples share and other texts lack, and how much weight both get beside the scores that the model
/// gives already, by a logistic regression whose own texts, whole and without their wording, are scored by what the other examples say.
/// </summary>
internal sealed class PrototypeFit
{
    private const double Shrinkage = 0.3;

    /// <summary>
    /// By how much less sure of the other labels' texts the model is taken to be than it is, in scores at the temperature: the texts that are kept are
    /// few, and of the next ones some are less sure.
    /// </summary>
    private const double Margin = 2;

    /// <summary>Where as many of the examples are a label's already, the two may be for the same task.</summary>
    private const double RivalShare = 0.8;

    /// <summary>Two labels are told apart by this share of their texts, or taken for one task; a coin would reach 0.5.</summary>
    private const double LeastApart = 0.75;

    /// <summary>What words, direction and bias are worth before anything is known, and how firmly that is believed.</summary>
    private static readonly double[] Prior = [0.3, 0.1, 0];
    private static readonly double[] Strength = [0.1, 0.1, 0.01];

    private readonly RouterModel _model;
    private readonly List<FittedText> _examples = [];
    private readonly List<(FittedText Text, int Example)> _views = [];
    private readonly List<FittedText> _others = [];
    private readonly WordWeights _words;
    private readonly ShrunkCovariance _covariance;
    private readonly float[] _mean; // [width], of the examples
    private readonly float[] _origin; // [width], of the other labels' means

    private PrototypeFit(RouterModel model, IReadOnlyList<LabelExample> examples, int words)
    {
        _model = model;
        for (int i = 0; i < examples.Count; i++)
        {
            _examples.Add(Read(examples[i].Features));
            foreach (uint[] view in examples[i].Views)
            {
                _views.Add((Read(view), i));
            }
        }

        foreach (ReplayRow row in model.Replay.Rows)
        {
            _others.Add(FittedText.Read(model, row.Features, row.Length, row.Label));
        }

        _words = new WordWeights([.. examples.Select(e => e.Features)], [.. _others.Select(o => o.Features)], words);
        _mean = Mean(_examples);
        List<float[]> deviations = [];
        List<float[]> means = [];
        foreach (IGrouping<int, FittedText> label in _others.GroupBy(o => o.Label))
        {
            float[] mean = Mean([.. label]);
            means.Add(mean);
            deviations.AddRange(label.Select(t => Less(t.Pooled, mean)));
        }

        deviations.AddRange(_examples.Select(t => Less(t.Pooled, _mean)));
        _covariance = new ShrunkCovariance(deviations, PrototypeHead.Width(model.Recipe), Shrinkage);
        _origin = means.Count == 0 ? new float[PrototypeHead.Width(model.Recipe)] : Mean(means);

        FittedText Read(uint[] features) => FittedText.Read(model, features, features.Length, model.Labels.Length);
    }

    /// <summary>Fits.</summary>
    /// <param name="model">The model before.</param>
    /// <param name="examples">The new label's texts, two at least, none without features.</param>
    /// <param name="words">The most features to keep.</param>
    /// <returns>The label's numbers, and the label that stands for the same texts, or -1.</returns>
    public static (AddedLabel Label, int Twin) Fit(RouterModel model, IReadOnlyList<LabelExample> examples, int words)
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
        float[] vector = Direction(_mean);
        float[][] left = [.. Enumerable.Range(0, _examples.Count).Select(i => Direction(MeanWithout(i)))];
        OffsetLogistic logistic = new();
        for (int i = 0; i < _examples.Count; i++)
        {
            AddExample(_examples[i], i, 1);
        }

        foreach ((FittedText view, int example) in _views)
        {
            // All views count as much as all examples.
            AddExample(view, example, (double)_examples.Count / _views.Count);
        }

        foreach (FittedText other in _others.Where(o => twin < 0 || o.Label != twin))
        {
            AddOther(other);
            foreach (FittedText half in other.Halves(_model))
            {
                AddOther(half);
            }
        }

        double[] w = logistic.Fit(Prior, Strength);
        (sbyte[] quantized, float scale) = Quantize(vector, w[1] * temperature);
        (sbyte[] wordWeights, float wordScale) = Quantize([.. _words.Weights.Select(x => (float)x)], w[0] * temperature);
        AddedLabel label = new(quantized, scale, (float)(w[2] * temperature), _words.Words, wordWeights, wordScale);
        return (label, rival >= 0 && IsApart(w, vector, left, rival));

        void AddExample(FittedText text, int example, double weight) => logistic.Add(
            _words.Score(text.Features, text.Length, _examples[example].Features), Dot(left[example], text), Offset(text), positive: true, weight);

        void AddOther(FittedText text) => logistic.Add(
            _words.Score(text.Features, text.Length, []), Dot(vector, text), Offset(text) - (text.Label == ReplayRows.None ? 0 : Margin), positive: false, 1);

        double Offset(FittedText text) => twin < 0 ? text.Offset : text.OffsetWithout(twin);
    }

    /// <summary>Whether the new label wins most of its own texts, each judged by the others, and the rival most of its own.</summary>
    /// <param name="w">What words, direction and bias are worth.</param>
    /// <param name="vector">The direction.</param>
    /// <param name="left">The direction without each example.</param>
    /// <param name="rival">The rival.</param>
    private bool IsApart(double[] w, float[] vector, float[][] left, int rival)
    {
        double own = _examples.Select((e, i) => Lead(e, left[i], e.Features) > 0 ? 1.0 : 0).Average();
        double[] others = [.. _others.Where(o => o.Label == rival).Select(o => Lead(o, vector, []) < 0 ? 1.0 : 0)];
        return (own + (others.Length > 0 ? others.Average() : 1)) / 2 >= LeastApart;

        double Lead(FittedText text, float[] direction, uint[] features) =>
            (w[0] * _words.Score(text.Features, text.Length, features)) + (w[1] * Dot(direction, text)) + w[2] - text.Scores[rival];
    }

    private static float Dot(float[] direction, FittedText text) => TensorPrimitives.Dot<float>(direction, text.Pooled);

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

    private static float[] Mean(IReadOnlyList<FittedText> texts) => Mean([.. texts.Select(t => t.Pooled)]);

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
}
