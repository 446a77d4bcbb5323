using System.Buffers.Binary;
using System.Numerics.Tensors;
using DlpLora.OnnxExport.Formats;
using DlpLora.OnnxExport.Sources;

namespace DlpLora.OnnxExport.Quantization;

/// <summary>8 bits, symmetric, zero point 128. Q8_0 blocks keep their codes and scale: they are exact.</summary>
internal sealed class Int8Encoder() : BlockEncoder(8, hasZeroPoints: false)
{
    private const int Middle = 128;

    protected override void EncodeRow(WeightMatrix weights, int row, ReadOnlySpan<float> values, BlockMatrix target)
    {
        (SourceTensor part, int inPart) = weights.Locate(row);
        ReadOnlySpan<byte> stored = part.Format is Q8_0 ? part.RowBytes(inPart) : [];
        Span<byte> codes = stackalloc byte[BlockMatrix.DefaultBlockSize];
        for (int block = 0; block < target.Blocks; block++)
        {
            if (!stored.IsEmpty)
            {
                ReadOnlySpan<byte> source = stored.Slice(block * Q8_0.Instance.BlockBytes, Q8_0.Instance.BlockBytes);
                for (int i = 0; i < codes.Length; i++)
                {
                    codes[i] = (byte)((sbyte)source[2 + i] + Middle);
                }

                target.Set(row, block, codes, (float)BinaryPrimitives.ReadHalfLittleEndian(source), Middle);
                continue;
            }

            ReadOnlySpan<float> w = values.Slice(block * target.BlockSize, target.BlockSize);
            float scale = TensorPrimitives.MaxMagnitude(w);
            scale = Math.Abs(scale) / 127;
            float inverse = scale > 0 ? 1 / scale : 0;
            for (int i = 0; i < codes.Length; i++)
            {
                codes[i] = (byte)(Math.Clamp((int)MathF.Round(w[i] * inverse), -127, 127) + Middle);
            }

            target.Set(row, block, codes, scale, Middle);
        }
    }
}
