using DlpLora.OnnxExport.Quantization;

namespace DlpLora.Benchmarks.Quantization;

/// <summary>Zero point 8. Full range: the element of largest magnitude becomes code 0, as llama.cpp's Q4_0; else codes 1 to 15.</summary>
internal sealed class SymmetricEncoder(bool fullRange) : BlockEncoder(4, hasZeroPoints: false)
{
    protected override void EncodeRow(WeightMatrix weights, int row, ReadOnlySpan<float> values, BlockMatrix target)
    {
        Span<byte> codes = stackalloc byte[target.BlockSize];
        for (int block = 0; block < target.Blocks; block++)
        {
            ReadOnlySpan<float> w = values.Slice(block * target.BlockSize, target.BlockSize);
            float largest = 0;
            foreach (float value in w)
            {
                largest = MathF.Abs(value) > MathF.Abs(largest) ? value : largest;
            }

            float scale = fullRange ? (float)(Half)(largest / -8) : MathF.Abs(largest) / 7;
            float inverse = scale != 0 ? 1 / scale : 0;
            for (int i = 0; i < codes.Length; i++)
            {
                codes[i] = (byte)Math.Clamp((int)MathF.Floor((w[i] * inverse) + 8.5f), fullRange ? 0 : 1, 15);
            }

            target.Set(row, block, codes, scale, 8);
        }
    }
}
