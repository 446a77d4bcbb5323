using DlpLora.OnnxExport.Quantization;

namespace DlpLora.Benchmarks.Quantization;

/// <summary>Q4_1's codes and scale as they are; the zero point -m/d rounded to a whole number.</summary>
internal sealed class KeptCodesEncoder() : BlockEncoder(4, hasZeroPoints: true)
{
    protected override void EncodeRow(WeightMatrix weights, int row, ReadOnlySpan<float> values, BlockMatrix target)
    {
        Span<byte> codes = stackalloc byte[target.BlockSize];
        for (int block = 0; block < target.Blocks; block++)
        {
            Q4_1Block source = Q4_1Block.Read(weights, row, block, codes);
            int zero = source.Scale != 0 ? Math.Clamp((int)MathF.Round(-source.Minimum / source.Scale), 0, 15) : 0;
            target.Set(row, block, codes, source.Scale, zero);
        }
    }
}
