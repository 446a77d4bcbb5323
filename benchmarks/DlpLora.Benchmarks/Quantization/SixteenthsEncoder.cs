using DlpLora.OnnxExport.Quantization;

namespace DlpLora.Benchmarks.Quantization;

/// <summary>8 bits that hold Q4_1's codes times 16 and, in the zero point, -m/d to a 16th: nearly exact.</summary>
internal sealed class SixteenthsEncoder() : BlockEncoder(8, hasZeroPoints: true)
{
    protected override void EncodeRow(WeightMatrix weights, int row, ReadOnlySpan<float> values, BlockMatrix target)
    {
        Span<byte> codes = stackalloc byte[target.BlockSize];
        for (int block = 0; block < target.Blocks; block++)
        {
            Q4_1Block source = Q4_1Block.Read(weights, row, block, codes);
            float zero = source.Scale != 0 ? Math.Clamp(-16 * source.Minimum / source.Scale, 0, 255) : 0;
            for (int i = 0; i < codes.Length; i++)
            {
                codes[i] = (byte)(codes[i] * 16);
            }

            target.Set(row, block, codes, source.Scale / 16, (int)MathF.Round(zero));
        }
    }
}
