using System.Numerics.Tensors;

namespace DlpLora.OnnxExport.Quantization;

/// <summary>4 bits with a zero point a block.</summary>
internal sealed class Int4Encoder() : BlockEncoder(4, hasZeroPoints: true)
{
    protected override void EncodeRow(WeightMatrix weights, int row, ReadOnlySpan<float> values, BlockMatrix target)
    {
        Span<byte> codes = stackalloc byte[BlockMatrix.DefaultBlockSize];
        for (int block = 0; block < target.Blocks; block++)
        {
            ReadOnlySpan<float> w = values.Slice(block * target.BlockSize, target.BlockSize);
            float low = MathF.Min(0, TensorPrimitives.Min(w));
            float high = MathF.Max(0, TensorPrimitives.Max(w));
            float scale = (high - low) / 15;
            float inverse = scale > 0 ? 1 / scale : 0;
            int zero = Math.Clamp((int)MathF.Round(-low * inverse), 0, 15);
            for (int i = 0; i < codes.Length; i++)
            {
                codes[i] = (byte)Math.Clamp((int)MathF.Round(w[i] * inverse) + zero, 0, 15);
            }

            target.Set(row, block, codes, scale, zero);
        }
    }
}
