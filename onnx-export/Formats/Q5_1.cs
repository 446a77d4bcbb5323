using System.Buffers.Binary;

namespace DlpLora.OnnxExport.Formats;

/// <summary>
/// 32 elements: halves d and m, 32 fifth bits (bit i is element i), then 16 bytes whose low nibbles are elements 0 to 15, high
/// nibbles 16 to 31. w = d q + m.
/// </summary>
internal sealed class Q5_1() : BlockFormat("Q5_1", 32, 24)
{
    public static readonly Q5_1 Instance = new();

    public override void Decode(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; blocks.Length > 0; blocks = blocks[BlockBytes..], values = values[BlockElements..])
        {
            float d = (float)BinaryPrimitives.ReadHalfLittleEndian(blocks);
            float m = (float)BinaryPrimitives.ReadHalfLittleEndian(blocks[2..]);
            uint fifth = BinaryPrimitives.ReadUInt32LittleEndian(blocks[4..]);
            for (int i = 0; i < 16; i++)
            {
                int pair = blocks[8 + i];
                values[i] = (d * ((pair & 15) | (int)((fifth >> i << 4) & 16))) + m;
                values[i + 16] = (d * ((pair >> 4) | (int)((fifth >> (i + 16) << 4) & 16))) + m;
            }
        }
    }
}
