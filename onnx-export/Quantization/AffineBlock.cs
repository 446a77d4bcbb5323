using System.Buffers.Binary;
using DlpLora.OnnxExport.Formats;

namespace DlpLora.OnnxExport.Quantization;

/// <summary>32 weights as 4-bit codes on an even grid: w = Scale * code + Minimum, both singles.</summary>
internal readonly record struct AffineBlock(float Scale, float Minimum)
{
    private const int Largest = 15;
    private const int Refits = 3;

    /// <summary>The codes of a Q4_0 or Q4_1 block as they are: exact.</summary>
    /// <param name="format">The block's format.</param>
    /// <param name="block">The block's bytes; empty where its codes are not to be kept.</param>
    /// <param name="codes">Receives 32 codes.</param>
    /// <returns>The grid, or null where the format has no such codes.</returns>
    public static AffineBlock? Keep(BlockFormat format, ReadOnlySpan<byte> block, Span<byte> codes)
    {
        if (block.IsEmpty || format is not (Q4_0 or Q4_1))
        {
            return null;
        }

        float scale = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        float minimum = format is Q4_0 ? -8 * scale : (float)BinaryPrimitives.ReadHalfLittleEndian(block[2..]);
        ReadOnlySpan<byte> nibbles = block[^16..];
        for (int i = 0; i < nibbles.Length; i++)
        {
            codes[i] = (byte)(nibbles[i] & 15);
            codes[i + 16] = (byte)(nibbles[i] >> 4);
        }

        return new AffineBlock(scale, minimum);
    }

    /// <summary>Codes between the smallest and the largest weight, scale and minimum refitted by least squares while that helps.</summary>
    public static AffineBlock Fit(ReadOnlySpan<float> w, Span<byte> codes)
    {
        float minimum = float.PositiveInfinity;
        float maximum = float.NegativeInfinity;
        foreach (float value in w)
        {
            minimum = MathF.Min(minimum, value);
            maximum = MathF.Max(maximum, value);
        }

        AffineBlock best = new((maximum - minimum) / Largest, minimum);
        float error = best.Encode(w, codes);
        Span<byte> tried = stackalloc byte[w.Length];
        for (int i = 0; i < Refits && error > 0; i++)
        {
            AffineBlock refitted = LeastSquares(w, codes);
            float refittedError = refitted.Encode(w, tried);
            if (!(refittedError < error))
            {
                break;
            }

            (best, error) = (refitted, refittedError);
            tried.CopyTo(codes);
        }

        return best;
    }

    private float Encode(ReadOnlySpan<float> w, Span<byte> codes)
    {
        float inverse = Scale > 0 ? 1 / Scale : 0;
        float error = 0;
        for (int i = 0; i < w.Length; i++)
        {
            int code = Math.Clamp((int)MathF.Round((w[i] - Minimum) * inverse), 0, Largest);
            codes[i] = (byte)code;
            float off = w[i] - ((Scale * code) + Minimum);
            error += off * off;
        }

        return error;
    }

    private static AffineBlock LeastSquares(ReadOnlySpan<float> w, ReadOnlySpan<byte> codes)
    {
        float q = 0;
        float qq = 0;
        float sum = 0;
        float wq = 0;
        for (int i = 0; i < w.Length; i++)
        {
            q += codes[i];
            qq += codes[i] * codes[i];
            sum += w[i];
            wq += w[i] * codes[i];
        }

        float determinant = (w.Length * qq) - (q * q);
        float scale = determinant > 0 ? ((w.Length * wq) - (q * sum)) / determinant : 0;
        return new AffineBlock(scale, (sum - (scale * q)) / w.Length);
    }
}
