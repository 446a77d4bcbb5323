using System.Runtime.Intrinsics;

namespace DlpLora.Runtime.Backends.Lanes;

/// <summary>
/// A vector of singles of one width, so that a kernel is written once for all widths. Implemented by empty structs and used as a type argument: every call is
/// compiled for the width and becomes an instruction or a few.
/// </summary>
/// <typeparam name="TVector">The vector.</typeparam>
internal unsafe interface ILanes<TVector>
    where TVector : struct
{
    /// <summary>Lanes of a vector.</summary>
    static abstract int Count { get; }

    static abstract TVector Create(float value);

    static abstract TVector Load(float* source);

    static abstract void Store(TVector vector, float* target);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Subtract(TVector a, TVector b);

    static abstract TVector Multiply(TVector a, TVector b);

    static abstract TVector Divide(TVector a, TVector b);

    /// <summary>a * b + c.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>The larger of both; b where either is not a number.</summary>
    static abstract TVector Max(TVector a, TVector b);

    /// <summary>The smaller of both; b where either is not a number.</summary>
    static abstract TVector Min(TVector a, TVector b);

    /// <summary>a &gt; b ? yes : no, lane by lane.</summary>
    static abstract TVector WhereGreater(TVector a, TVector b, TVector yes, TVector no);

    /// <summary>value * 2^n, where n is the low bits of a single and the result is neither too large nor too small.</summary>
    static abstract TVector Scale(TVector value, TVector lowBits);

    static abstract float Sum(TVector vector);

    static abstract float Highest(TVector vector);

    /// <summary>The sum of each.</summary>
    static abstract Vector128<float> Sums(TVector a, TVector b, TVector c, TVector d);
}
