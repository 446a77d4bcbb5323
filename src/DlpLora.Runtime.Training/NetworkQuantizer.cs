using System.Numerics.Tensors;
using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Training;

/// <summary>Rounds the embedding table to signed bytes: a row of 64 is one cache line, and sums of bytes are exact.</summary>
internal static class NetworkQuantizer
{
    /// <summary>The share of the numbers that may be clipped.</summary>
    private const double Clipped = 0.0002;

    public static RouterModel Quantize(RouterNetwork network, string[] labels, string? baseFingerprint)
    {
        float scale = Scale(network.Embedding);
        sbyte[] table = new sbyte[network.Embedding.Length];
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = (sbyte)Math.Clamp(MathF.Round(network.Embedding[i] / scale), -127, 127);
        }

        return new RouterModel
        {
            Recipe = network.Recipe,
            Labels = labels,
            Embedding = table,
            EmbeddingScale = scale,
            Hidden = network.Hidden,
            Output = network.Output,
            Straight = network.Straight,
            Calibration = RouterCalibration.None,
            BaseFingerprint = baseFingerprint,
        };
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
