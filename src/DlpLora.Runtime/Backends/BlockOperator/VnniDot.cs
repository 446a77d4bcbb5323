using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DlpLora.Runtime.Backends.BlockOperator;

/// <summary>One instruction of AVX-VNNI. It takes codes without a sign, so that the 128 in each of them is taken off by the start.</summary>
internal readonly struct VnniDot : IByteDot
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Start(int offset) => offset;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sums, Vector256<byte> codes, Vector256<sbyte> inputs) => AvxVnni.MultiplyWideningAndAdd(sums, codes, inputs);
}
