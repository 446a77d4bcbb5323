using System.Buffers.Binary;

namespace DlpLora.OnnxExport.Formats;

/// <summary>32 elements: halves d and m, then 16 bytes whose low nibbles are elements 0 to 15, high nibbles 16 to 31. w = d q + m.</summary>
internal sealed class Q4_1() : BlockFormat("Q4_1", 32, 20)
{
    public static readonly Q4_1 Instance = new();

    public override void Decode(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; blocks.Length > 0; blocks = blocks[BlockBytes..], values = values[BlockElements..])
        {
            float d = (float)BinaryPrimitives.ReadHalfLittleEndian(blocks);
            float m = (float)BinaryPrimitives.ReadHalfLittleEndian(blocks[2..]);
            for (int i = 0; i < 16; i++)
            {
                byte pair = blocks[4 + i];
                values[i] = (d * (pair & 15)) + m;
                values[i + 16] = (d * (pair >> 4)) + m;
            }
        }
    }
}
