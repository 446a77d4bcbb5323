using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DlpLora.Runtime.Backends.BlockOperator;

/// <summary>
/// AVX2 sums two products in a word, which 255 * 127 twice would overflow. The code's sign is given to the input instead: 128 * 127 twice fits.
/// </summary>
internal readonly struct Avx2Dot : IByteDot
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Start(int offset) => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sums, Vector256<byte> codes, Vector256<sbyte> inputs)
    {
        Vector256<sbyte> weights = (codes ^ Vector256.Create((byte)ByteTile.Middle)).AsSByte();
        Vector256<short> words = Avx2.MultiplyAddAdjacent(Avx2.Abs(weights), Avx2.Sign(inputs, weights));
        return sums + Avx2.MultiplyAddAdjacent(words, Vector256<short>.One);
    }
}
