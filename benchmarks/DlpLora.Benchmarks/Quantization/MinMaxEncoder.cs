using DlpLora.OnnxExport.Quantization;

namespace DlpLora.Benchmarks.Quantization;

/// <summary>4 bits between a block's smallest and largest weight, with a whole zero point.</summary>
internal sealed class MinMaxEncoder() : BlockEncoder(4, hasZeroPoints: true)
{
    protected override void EncodeRow(WeightMatrix weights, int row, ReadOnlySpan<float> values, BlockMatrix target)
    {
        Span<byte> codes = stackalloc byte[target.BlockSize];
        for (int block = 0; block < target.Blocks; block++)
        {
            WholeZeroPoint.Encode(values.Slice(block * target.BlockSize, target.BlockSize), codes, out float scale, out int zero);
            target.Set(row, block, codes, scale, zero);
        }
    }
}
