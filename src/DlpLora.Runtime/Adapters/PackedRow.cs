using System.Numerics;
using System.Runtime.InteropServices;

namespace DlpLora.Runtime.Adapters;

/// <summary>
/// A row of A, or of one module's B, as bfloat16. Of every whole 32 numbers, word k (k below 16) has number k in its low half and number 16 + k in its high one: shifted and
/// masked, a vector of words is two vectors of neighbouring singles, without a permutation. What is left behind the last whole 32 lies in order.
/// </summary>
/// <remarks>Half the bytes of singles, with their range. A number loses at most 2^-8 of itself (docs/slots.md has what answers lose).</remarks>
internal static class PackedRow
{
    /// <summary>Numbers of a whole block.</summary>
    public const int Block = 32;

    private const int Words = Block / 2;
    private const uint High = 0xFFFF0000;

    /// <summary>Rounds to the nearest, ties to even.</summary>
    /// <param name="values">Finite numbers.</param>
    /// <param name="packed">As many.</param>
    public static void Pack(ReadOnlySpan<float> values, Span<ushort> packed)
    {
        int whole = values.Length / Block * Block;
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(values);
        Span<uint> words = MemoryMarshal.Cast<ushort, uint>(packed[..whole]);
        int width = Vector<uint>.Count;
        for (int block = 0; block < whole; block += Block)
        {
            for (int k = 0; k < Words; k += width)
            {
                Vector<uint> low = Rounded(new Vector<uint>(bits[(block + k)..]));
                Vector<uint> high = Rounded(new Vector<uint>(bits[(block + Words + k)..]));
                ((low >>> 16) | (high & new Vector<uint>(High))).CopyTo(words[((block / 2) + k)..]);
            }
        }

        for (int i = whole; i < values.Length; i++)
        {
            packed[i] = (ushort)((bits[i] + 0x7FFF + ((bits[i] >> 16) & 1)) >> 16);
        }
    }

    /// <summary>The numbers of a row, as singles.</summary>
    public static void Unpack(ReadOnlySpan<ushort> packed, Span<float> values)
    {
        int whole = packed.Length / Block * Block;
        for (int i = 0; i < packed.Length; i++)
        {
            int at = i < whole ? (i / Block * Block) + (i % Block / 2) + (i % 2 * Words) : i;
            values[at] = BitConverter.UInt32BitsToSingle((uint)packed[i] << 16);
        }
    }

    /// <summary>The upper halves are the rounded numbers.</summary>
    private static Vector<uint> Rounded(Vector<uint> bits) => bits + new Vector<uint>(0x7FFF) + ((bits >>> 16) & Vector<uint>.One);
}
