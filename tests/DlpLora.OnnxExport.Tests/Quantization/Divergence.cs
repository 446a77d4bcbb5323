namespace DlpLora.OnnxExport.Tests.Quantization;

/// <summary>How far one model's next-token distributions are from another's.</summary>
internal static class Divergence
{
    /// <summary>The mean over positions of KL(reference || other), in nats.</summary>
    /// <param name="reference">[positions, vocabulary] logits.</param>
    /// <param name="other">As many logits.</param>
    /// <param name="vocabulary">The vocabulary's size.</param>
    public static double Mean(ReadOnlySpan<float> reference, ReadOnlySpan<float> other, int vocabulary)
    {
        int positions = reference.Length / vocabulary;
        double sum = 0;
        for (int p = 0; p < positions; p++)
        {
            ReadOnlySpan<float> a = reference.Slice(p * vocabulary, vocabulary);
            ReadOnlySpan<float> b = other.Slice(p * vocabulary, vocabulary);
            double normA = LogSumExp(a);
            double normB = LogSumExp(b);
            for (int i = 0; i < vocabulary; i++)
            {
                sum += Math.Exp(a[i] - normA) * (a[i] - normA - (b[i] - normB));
            }
        }

        return sum / positions;
    }

    private static double LogSumExp(ReadOnlySpan<float> logits)
    {
        float max = float.NegativeInfinity;
        foreach (float value in logits)
        {
            max = MathF.Max(max, value);
        }

        double sum = 0;
        foreach (float value in logits)
        {
            sum += Math.Exp(value - max);
        }

        return max + Math.Log(sum);
    }
}
