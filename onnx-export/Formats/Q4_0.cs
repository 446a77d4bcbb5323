using System.Buffers.Binary;

namespace DlpLora.OnnxExport.Formats;

/// <summary>32 elements: a half d, then 16 bytes whose low nibbles are elements 0 to 15, high nibbles 16 to 31. w = d (q - 8).</summary>
internal sealed class Q4_0() : BlockFormat("Q4_0", 32, 18)
{
    public static readonly Q4_0 Instance = new();

    public override void Decode(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; blocks.Length > 0; blocks = blocks[BlockBytes..], values = values[BlockElements..])
        {
            float d = (float)BinaryPrimitives.ReadHalfLittleEndian(blocks);
            for (int i = 0; i < 16; i++)
            {
                byte pair = blocks[2 + i];
                values[i] = d * ((pair & 15) - 8);
                values[i + 16] = d * ((pair >> 4) - 8);
            }
        }
    }
}
