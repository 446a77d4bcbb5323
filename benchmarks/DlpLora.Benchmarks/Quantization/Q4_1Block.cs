using System.Buffers.Binary;
using DlpLora.OnnxExport.Formats;
using DlpLora.OnnxExport.Quantization;
using DlpLora.OnnxExport.Sources;

namespace DlpLora.Benchmarks.Quantization;

/// <summary>A Q4_1 block's own codes: w = Scale * code + Minimum.</summary>
internal readonly ref struct Q4_1Block
{
    private Q4_1Block(float scale, float minimum)
    {
        Scale = scale;
        Minimum = minimum;
    }

    public float Scale { get; }

    public float Minimum { get; }

    /// <summary>Reads a block's scale and minimum, and its 32 codes.</summary>
    public static Q4_1Block Read(WeightMatrix weights, int row, int block, Span<byte> codes)
    {
        (SourceTensor part, int inPart) = weights.Locate(row);
        if (part.Format is not Q4_1)
        {
            throw new NotSupportedException($"{part.Name} is {part.Format}; this mapping keeps Q4_1's codes.");
        }

        ReadOnlySpan<byte> bytes = part.RowBytes(inPart).Slice(block * 20, 20);
        for (int i = 0; i < 16; i++)
        {
            codes[i] = (byte)(bytes[4 + i] & 15);
            codes[i + 16] = (byte)(bytes[4 + i] >> 4);
        }

        return new Q4_1Block((float)BinaryPrimitives.ReadHalfLittleEndian(bytes), (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[2..]));
    }
}
