using System.Numerics.Tensors;
using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Training;

/// <summary>Puts a router together: the counted columns, the trained columns beside them, and layers that read each.</summary>
/// <remarks>
/// The table is rounded to signed bytes of one scale: a row of 64 is one cache line, and sums of bytes are exact. The counted columns are
/// brought to the range of the trained ones first; the straight path takes that factor back.
/// </remarks>
internal static class NetworkAssembler
{
    /// <summary>The share of the numbers that may be clipped.</summary>
    private const double Clipped = 0.0002;

    /// <summary>Assembles.</summary>
    /// <param name="network">What was trained.</param>
    /// <param name="ratios">What was counted; null for none.</param>
    /// <param name="strength">What a mean log ratio counts beside a trained score.</param>
    /// <param name="recipe">The features, with the width of both parts.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="baseFingerprint">The base that the router is for; null for any.</param>
    public static RouterModel Assemble(
        RouterNetwork network, LogRatios? ratios, float strength, FeatureRecipe recipe, string[] labels, string? baseFingerprint)
    {
        int scores = network.ScoreCount;
        int trained = network.Recipe.Width;
        int counted = ratios is null ? 0 : scores;
        float scale = Scale(network.Embedding);
        sbyte[] table = new sbyte[recipe.Rows * recipe.Width];
        for (int row = 0; row < recipe.Rows; row++)
        {
            Round(network.Embedding.AsSpan(row * trained, trained), scale, table.AsSpan((row * recipe.Width) + counted, trained));
        }

        DenseLayer straight = Widen(network.Straight, counted, recipe.Width);
        if (ratios is not null)
        {
            float step = Round(ratios, recipe, table);
            for (int i = 0; i < scores; i++)
            {
                straight.Weights[(i * recipe.Width) + i] = strength * step / scale;
            }
        }

        return new RouterModel
        {
            Recipe = recipe,
            Labels = labels,
            Embedding = table,
            EmbeddingScale = scale,
            Hidden = [.. network.Hidden.Select((layer, i) => i == 0 ? Widen(layer, counted, recipe.Width) : layer)],
            Output = network.Hidden.Length == 0 ? Widen(network.Output, counted, recipe.Width) : network.Output,
            Straight = straight,
            Calibration = RouterCalibration.None,
            BaseFingerprint = baseFingerprint,
        };
    }

    /// <summary>Writes the counted columns and returns the value of one step of theirs.</summary>
    private static float Round(LogRatios ratios, FeatureRecipe recipe, sbyte[] table)
    {
        float[] own = new float[ratios.ScoreCount];
        float most = 0;
        for (int row = 0; row < recipe.Rows; row++)
        {
            ratios.Read(row, own);
            most = Math.Max(most, MathF.Abs(TensorPrimitives.MaxMagnitude<float>(own)));
        }

        float step = most > 0 ? most / 127 : 1;
        for (int row = 0; row < recipe.Rows; row++)
        {
            ratios.Read(row, own);
            Round(own, step, table.AsSpan(row * recipe.Width, own.Length));
        }

        return step;
    }

    private static void Round(ReadOnlySpan<float> values, float step, Span<sbyte> rounded)
    {
        for (int i = 0; i < values.Length; i++)
        {
            rounded[i] = (sbyte)Math.Clamp(MathF.Round(values[i] / step), -127, 127);
        }
    }

    /// <summary>The same layer over a pooled vector that has other columns before and behind its own; it does not read those.</summary>
    private static DenseLayer Widen(DenseLayer layer, int before, int width)
    {
        DenseLayer wide = new(width, layer.Outputs, new float[layer.Outputs * width], layer.Bias);
        for (int i = 0; i < layer.Outputs; i++)
        {
            layer.Row(i).CopyTo(wide.Weights.AsSpan((i * width) + before));
        }

        return wide;
    }

    private static float Scale(float[] values)
    {
        float[] sorted = new float[values.Length];
        TensorPrimitives.Abs(values, sorted);
        Array.Sort(sorted);
        float limit = sorted[(int)((sorted.Length - 1) * (1 - Clipped))];
        limit = limit > 0 ? limit : sorted[^1];
        return limit > 0 ? limit / 127 : 1;
    }
}
