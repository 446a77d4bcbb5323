using System.Numerics.Tensors;

namespace DlpLora.Runtime.Routing.Prototypes;

/// <summary>A text as the model sees it before a label is added.</summary>
internal sealed class FittedText
{
    private FittedText(uint[] features, int length, int label, float[] pooled, float[] scores)
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

    /// <summary>[width of a prototype].</summary>
    public float[] Pooled { get; }

    /// <summary>[labels + 1], at the temperature.</summary>
    public float[] Scores { get; }

    /// <summary>The place of the largest score.</summary>
    public int Best { get; }

    /// <summary>The log of the sum of the exponentials of the scores.</summary>
    public double Offset { get; }

    /// <summary>Reads a text of so many features, of which some are known: the sums over all of them are estimated from those.</summary>
    public static FittedText Read(RouterModel model, uint[] features, int length, int label)
    {
        int[] sums = new int[model.SumLength];
        model.Sum(features, sums);
        for (int i = 0; i < sums.Length && length > features.Length; i++)
        {
            sums[i] = (int)((long)sums[i] * length / features.Length);
        }

        float[] pooled = new float[model.Recipe.Width];
        model.Pool(sums, length, pooled);
        float[] scores = new float[model.ScoreCount];
        model.Score(sums, length, scores);
        TensorPrimitives.Divide(scores, model.Calibration.Temperature, scores);
        return new FittedText(features, length, label, pooled[..PrototypeHead.Width(model.Recipe)], scores);
    }

    /// <summary>The front and the back of the text: a wording without its content, a content without its wording, roughly.</summary>
    public IEnumerable<FittedText> Halves(RouterModel model)
    {
        int half = Features.Length / 2;
        foreach (uint[] part in (uint[][])[Features[..half], Features[half..]])
        {
            if (part.Length > 0)
            {
                yield return Read(model, part, (int)((long)Length * part.Length / Features.Length), Label);
            }
        }
    }

    /// <summary><see cref="Offset"/> without a label's score.</summary>
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
