using System.Buffers.Binary;

namespace DlpLora.OnnxExport.Formats;

/// <summary>
/// 32 elements: a half d, 32 fifth bits (bit i is element i), then 16 bytes whose low nibbles are elements 0 to 15, high nibbles
/// 16 to 31. w = d (q - 16).
/// </summary>
internal sealed class Q5_0() : BlockFormat("Q5_0", 32, 22)
{
    public static readonly Q5_0 Instance = new();

    public override void Decode(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; blocks.Length > 0; blocks = blocks[BlockBytes..], values = values[BlockElements..])
        {
            float d = (float)BinaryPrimitives.ReadHalfLittleEndian(blocks);
            uint fifth = BinaryPrimitives.ReadUInt32LittleEndian(blocks[2..]);
            for (int i = 0; i < 16; i++)
            {
                int pair = blocks[6 + i];
                values[i] = d * (((pair & 15) | (int)((fifth >> i << 4) & 16)) - 16);
                values[i + 16] = d * (((pair >> 4) | (int)((fifth >> (i + 16) << 4) & 16)) - 16);
            }
        }
    }
}
