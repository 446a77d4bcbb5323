using System.Runtime.CompilerServices;
using DlpLora.Runtime.Backends.Lanes;

namespace DlpLora.Runtime.Backends.AttentionOperator;

/// <summary>sums = decay * sums + weights * values, for four query rows at a time.</summary>
internal static unsafe class ValueSums<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>Query rows that are computed together; there must be memory for so many.</summary>
    public const int Rows = 4;

    /// <param name="weights">The weight of query row r and key k lies at r * rowStride + k * keyStride.</param>
    /// <param name="rowStride">See there.</param>
    /// <param name="keyStride">See there.</param>
    /// <param name="decay">[rows].</param>
    /// <param name="rows">Query rows.</param>
    /// <param name="values">[keys, width].</param>
    /// <param name="keys">How many.</param>
    /// <param name="sums">[rows, width].</param>
    /// <param name="width">A multiple of a vector's lanes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* weights, int rowStride, int keyStride, float* decay, int rows, float* values, int keys, float* sums, int width)
    {
        for (int row = 0; row < rows; row += Rows, weights += Rows * rowStride, decay += Rows, sums += Rows * width)
        {
            int column = 0;
            for (; column + (2 * TLanes.Count) <= width; column += 2 * TLanes.Count)
            {
                Two(weights, rowStride, keyStride, decay, values + column, keys, sums + column, width);
            }

            if (column < width)
            {
                One(weights, rowStride, keyStride, decay, values + column, keys, sums + column, width);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two(float* w0, int rowStride, int keyStride, float* decay, float* values, int keys, float* sums, int width)
    {
        int lanes = TLanes.Count;
        float* w1 = w0 + rowStride, w2 = w1 + rowStride, w3 = w2 + rowStride;
        float* s1 = sums + width, s2 = s1 + width, s3 = s2 + width;
        TVector d0 = TLanes.Create(decay[0]), d1 = TLanes.Create(decay[1]), d2 = TLanes.Create(decay[2]), d3 = TLanes.Create(decay[3]);
        TVector a0 = TLanes.Multiply(d0, TLanes.Load(sums)), b0 = TLanes.Multiply(d0, TLanes.Load(sums + lanes));
        TVector a1 = TLanes.Multiply(d1, TLanes.Load(s1)), b1 = TLanes.Multiply(d1, TLanes.Load(s1 + lanes));
        TVector a2 = TLanes.Multiply(d2, TLanes.Load(s2)), b2 = TLanes.Multiply(d2, TLanes.Load(s2 + lanes));
        TVector a3 = TLanes.Multiply(d3, TLanes.Load(s3)), b3 = TLanes.Multiply(d3, TLanes.Load(s3 + lanes));
        nint at = 0;
        for (; keys > 0; keys--, values += width, at += keyStride)
        {
            TVector a = TLanes.Load(values), b = TLanes.Load(values + lanes);
            TVector weight = TLanes.Create(w0[at]);
            a0 = TLanes.MultiplyAdd(weight, a, a0);
            b0 = TLanes.MultiplyAdd(weight, b, b0);
            weight = TLanes.Create(w1[at]);
            a1 = TLanes.MultiplyAdd(weight, a, a1);
            b1 = TLanes.MultiplyAdd(weight, b, b1);
            weight = TLanes.Create(w2[at]);
            a2 = TLanes.MultiplyAdd(weight, a, a2);
            b2 = TLanes.MultiplyAdd(weight, b, b2);
            weight = TLanes.Create(w3[at]);
            a3 = TLanes.MultiplyAdd(weight, a, a3);
            b3 = TLanes.MultiplyAdd(weight, b, b3);
        }

        TLanes.Store(a0, sums);
        TLanes.Store(b0, sums + lanes);
        TLanes.Store(a1, s1);
        TLanes.Store(b1, s1 + lanes);
        TLanes.Store(a2, s2);
        TLanes.Store(b2, s2 + lanes);
        TLanes.Store(a3, s3);
        TLanes.Store(b3, s3 + lanes);
    }

    /// <summary>The last vector of an odd number of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(float* w0, int rowStride, int keyStride, float* decay, float* values, int keys, float* sums, int width)
    {
        float* w1 = w0 + rowStride, w2 = w1 + rowStride, w3 = w2 + rowStride;
        float* s1 = sums + width, s2 = s1 + width, s3 = s2 + width;
        TVector a0 = TLanes.Multiply(TLanes.Create(decay[0]), TLanes.Load(sums));
        TVector a1 = TLanes.Multiply(TLanes.Create(decay[1]), TLanes.Load(s1));
        TVector a2 = TLanes.Multiply(TLanes.Create(decay[2]), TLanes.Load(s2));
        TVector a3 = TLanes.Multiply(TLanes.Create(decay[3]), TLanes.Load(s3));
        nint at = 0;
        for (; keys > 0; keys--, values += width, at += keyStride)
        {
            TVector a = TLanes.Load(values);
            a0 = TLanes.MultiplyAdd(TLanes.Create(w0[at]), a, a0);
            a1 = TLanes.MultiplyAdd(TLanes.Create(w1[at]), a, a1);
            a2 = TLanes.MultiplyAdd(TLanes.Create(w2[at]), a, a2);
            a3 = TLanes.MultiplyAdd(TLanes.Create(w3[at]), a, a3);
        }

        TLanes.Store(a0, sums);
        TLanes.Store(a1, s1);
        TLanes.Store(a2, s2);
        TLanes.Store(a3, s3);
    }
}
