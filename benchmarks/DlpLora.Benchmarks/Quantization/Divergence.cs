using System.Numerics.Tensors;

namespace DlpLora.Benchmarks.Quantization;

/// <summary>How far one distribution of the next token is from another.</summary>
internal static class Divergence
{
    /// <summary>Kullback and Leibler's divergence of the second distribution from the first, in nats.</summary>
    /// <param name="expected">Logits.</param>
    /// <param name="actual">Logits of the same vocabulary.</param>
    public static double Of(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        double e = LogSumExp(expected);
        double a = LogSumExp(actual);
        double sum = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double log = expected[i] - e;
            sum += Math.Exp(log) * (log - (actual[i] - a));
        }

        return sum;
    }

    private static double LogSumExp(ReadOnlySpan<float> logits)
    {
        float max = TensorPrimitives.Max(logits);
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - max);
        }

        return max + Math.Log(sum);
    }
}
