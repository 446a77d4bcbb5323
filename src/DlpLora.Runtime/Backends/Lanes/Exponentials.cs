using System.Runtime.CompilerServices;

namespace DlpLora.Runtime.Backends.Lanes;

/// <summary>e to the power of singles, to about the last bit.</summary>
internal static class Exponentials
{
    /// <summary>Bits behind a single's exponent.</summary>
    public const int MantissaBits = 23;

    /// <summary>Below it the result is 0, above <see cref="Highest"/> that of it.</summary>
    private const float Lowest = -87;
    private const float Highest = 88;

    /// <summary>Added to a number it leaves that, rounded, in the low bits.</summary>
    private const float Rounding = 3 << (MantissaBits - 1);

    /// <summary>ln 2 in two parts: the first has so few bits that its products with whole numbers are exact.</summary>
    private const float HighLn2 = 0.693359375f;
    private const float LowLn2 = -2.12194440e-4f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp<TLanes, TVector>(TVector x)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        TVector bounded = TLanes.Min(TLanes.Create(Highest), TLanes.Max(TLanes.Create(Lowest), x));
        TVector rounded = TLanes.MultiplyAdd(bounded, TLanes.Create(1.44269504f), TLanes.Create(Rounding));
        TVector power = TLanes.Subtract(rounded, TLanes.Create(Rounding));
        TVector rest = TLanes.MultiplyAdd(power, TLanes.Create(-HighLn2), bounded);
        rest = TLanes.MultiplyAdd(power, TLanes.Create(-LowLn2), rest);

        // Cephes, expf: what lies behind 1 + rest.
        TVector sum = TLanes.MultiplyAdd(TLanes.Create(1.9875691500e-4f), rest, TLanes.Create(1.3981999507e-3f));
        sum = TLanes.MultiplyAdd(sum, rest, TLanes.Create(8.3334519073e-3f));
        sum = TLanes.MultiplyAdd(sum, rest, TLanes.Create(4.1665795894e-2f));
        sum = TLanes.MultiplyAdd(sum, rest, TLanes.Create(1.6666665459e-1f));
        sum = TLanes.MultiplyAdd(sum, rest, TLanes.Create(0.5f));
        sum = TLanes.MultiplyAdd(TLanes.Multiply(rest, rest), sum, TLanes.Add(rest, TLanes.Create(1)));
        return TLanes.WhereGreater(TLanes.Create(Lowest), x, default, TLanes.Scale(sum, rounded));
    }
}
