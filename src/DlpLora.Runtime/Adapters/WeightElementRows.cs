using System.Runtime.InteropServices;

namespace DlpLora.Runtime.Adapters;

/// <summary>Rows of numbers to and from the bytes of each form.</summary>
internal static class WeightElementRows
{
    /// <summary>Bytes of a number.</summary>
    public static int Size(this WeightElement element) => element == WeightElement.Single ? sizeof(float) : sizeof(ushort);

    /// <summary>Writes rows.</summary>
    /// <param name="element">The form.</param>
    /// <param name="values">[rows, width].</param>
    /// <param name="width">Numbers of a row.</param>
    /// <param name="bytes">As many numbers in the form.</param>
    public static void Write(this WeightElement element, ReadOnlySpan<float> values, int width, Span<byte> bytes)
    {
        if (element == WeightElement.Single)
        {
            MemoryMarshal.AsBytes(values).CopyTo(bytes);
            return;
        }

        Span<ushort> packed = MemoryMarshal.Cast<byte, ushort>(bytes);
        for (int row = 0; row < values.Length; row += width)
        {
            PackedRow.Pack(values.Slice(row, width), packed.Slice(row, width));
        }
    }

    /// <summary>Reads rows.</summary>
    /// <param name="element">The form.</param>
    /// <param name="bytes">[rows, width] in the form.</param>
    /// <param name="width">Numbers of a row.</param>
    /// <returns>[rows, width].</returns>
    public static float[] ToSingles(this WeightElement element, ReadOnlySpan<byte> bytes, int width)
    {
        if (element == WeightElement.Single)
        {
            return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        }

        ReadOnlySpan<ushort> packed = MemoryMarshal.Cast<byte, ushort>(bytes);
        float[] values = new float[packed.Length];
        for (int row = 0; row < values.Length; row += width)
        {
            PackedRow.Unpack(packed.Slice(row, width), values.AsSpan(row, width));
        }

        return values;
    }
}
