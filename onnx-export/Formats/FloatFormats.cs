using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace DlpLora.OnnxExport.Formats;

/// <summary>IEEE 754 single precision.</summary>
internal sealed class SingleFormat() : BlockFormat("F32", 1, 4)
{
    public static readonly SingleFormat Instance = new();

    public override void Decode(ReadOnlySpan<byte> blocks, Span<float> values) => blocks.CopyTo(MemoryMarshal.AsBytes(values));
}

/// <summary>IEEE 754 half precision.</summary>
internal sealed class HalfFormat() : BlockFormat("F16", 1, 2)
{
    public static readonly HalfFormat Instance = new();

    public override void Decode(ReadOnlySpan<byte> blocks, Span<float> values) =>
        TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(blocks), values);
}

/// <summary>The upper half of a single.</summary>
internal sealed class BFloat16Format() : BlockFormat("BF16", 1, 2)
{
    public static readonly BFloat16Format Instance = new();

    public override void Decode(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        ReadOnlySpan<ushort> upper = MemoryMarshal.Cast<byte, ushort>(blocks);
        for (int i = 0; i < upper.Length; i++)
        {
            values[i] = BitConverter.UInt32BitsToSingle((uint)upper[i] << 16);
        }
    }
}
