using System.Buffers.Binary;

namespace DlpLora.OnnxExport.Formats;

/// <summary>32 elements: a half d, then 32 signed bytes. w = d q.</summary>
internal sealed class Q8_0() : BlockFormat("Q8_0", 32, 34)
{
    public static readonly Q8_0 Instance = new();

    public override void Decode(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; blocks.Length > 0; blocks = blocks[BlockBytes..], values = values[BlockElements..])
        {
            float d = (float)BinaryPrimitives.ReadHalfLittleEndian(blocks);
            for (int i = 0; i < 32; i++)
            {
                values[i] = d * (sbyte)blocks[2 + i];
            }
        }
    }
}
