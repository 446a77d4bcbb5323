using DlpLora.OnnxExport.Quantization;

namespace DlpLora.Benchmarks.Quantization;

/// <summary>Per block the zero point, scale and codes of the least squared error, among all zero points and several scales, each refitted.</summary>
internal sealed class LeastSquaresEncoder(int blockSize) : BlockEncoder(4, hasZeroPoints: true, blockSize)
{
    private static readonly float[] Shrinks = [1.06f, 1f, 0.96f, 0.92f, 0.88f, 0.84f, 0.8f, 0.75f];

    protected override void EncodeRow(WeightMatrix weights, int row, ReadOnlySpan<float> values, BlockMatrix target)
    {
        Span<byte> codes = stackalloc byte[target.BlockSize];
        Span<byte> best = stackalloc byte[target.BlockSize];
        for (int block = 0; block < target.Blocks; block++)
        {
            ReadOnlySpan<float> w = values.Slice(block * target.BlockSize, target.BlockSize);
            float low = 0;
            float high = 0;
            foreach (float value in w)
            {
                low = MathF.Min(low, value);
                high = MathF.Max(high, value);
            }

            float bestError = float.PositiveInfinity;
            float bestScale = 0;
            int bestZero = 8;
            best.Fill(8);
            if (high > low)
            {
                for (int zero = 0; zero < 16; zero++)
                {
                    float cover = MathF.Max(zero > 0 ? -low / zero : 0, zero < 15 ? high / (15 - zero) : 0);
                    foreach (float shrink in Shrinks)
                    {
                        float scale = cover * shrink;
                        float error = Try(w, zero, ref scale, codes);
                        if (error < bestError)
                        {
                            (bestError, bestScale, bestZero) = (error, scale, zero);
                            codes.CopyTo(best);
                        }
                    }
                }
            }

            target.Set(row, block, best, bestScale, bestZero);
        }
    }

    private static float Try(ReadOnlySpan<float> w, int zero, ref float scale, Span<byte> codes)
    {
        float inverse = 1 / scale;
        float wq = 0;
        float qq = 0;
        float ww = 0;
        for (int i = 0; i < w.Length; i++)
        {
            int code = Math.Clamp((int)MathF.Round(w[i] * inverse) + zero, 0, 15);
            codes[i] = (byte)code;
            float q = code - zero;
            wq += w[i] * q;
            qq += q * q;
            ww += w[i] * w[i];
        }

        scale = qq > 0 ? wq / qq : 0;
        return ww - (scale * wq);
    }
}
