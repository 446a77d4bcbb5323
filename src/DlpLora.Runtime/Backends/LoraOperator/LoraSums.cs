using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DlpLora.Runtime.Backends.LoraOperator;

/// <summary>Sums over the lanes of four vectors together: a third of the steps of one after the other.</summary>
internal static class LoraSums
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Of(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d)
    {
        // Halves folded, then a transposition: lane i of the result is the sum of the i-th vector.
        (Vector128<float> fa, Vector128<float> fb) = (a.GetLower() + a.GetUpper(), b.GetLower() + b.GetUpper());
        (Vector128<float> fc, Vector128<float> fd) = (c.GetLower() + c.GetUpper(), d.GetLower() + d.GetUpper());
        Vector128<float> ab = Low(fa, fb) + High(fa, fb);
        Vector128<float> cd = Low(fc, fd) + High(fc, fd);
        return Vector128.Create(ab.GetLower(), cd.GetLower()) + Vector128.Create(ab.GetUpper(), cd.GetUpper());
    }

    /// <summary>a0 b0 a1 b1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Low(Vector128<float> a, Vector128<float> b) => System.Runtime.Intrinsics.X86.Sse.UnpackLow(a, b);

    /// <summary>a2 b2 a3 b3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> High(Vector128<float> a, Vector128<float> b) => System.Runtime.Intrinsics.X86.Sse.UnpackHigh(a, b);
}
