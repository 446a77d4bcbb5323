using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DlpLora.Runtime.Backends.Lanes;

namespace DlpLora.Runtime.Backends.AttentionOperator;

/// <summary>Attention of a few query rows, as in decoding: each against one key after the other, a vector along the head.</summary>
/// <remarks>
/// The softmax is taken block by block of keys (Milakov and Gimelshein, arXiv 1805.02867), so that a context of any length needs the memory of one block. What a
/// query row gives depends on nothing but its own keys.
/// </remarks>
internal static unsafe class QueryRows<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>More query rows than these are faster as <see cref="QueryPanel{TLanes, TVector}"/>.</summary>
    public static int Most => TLanes.Count;

    /// <summary>Computes a unit.</summary>
    /// <param name="call">The run.</param>
    /// <param name="unit">At most <see cref="Most"/> query rows.</param>
    /// <param name="scratch">Has room for that many, and for a multiple of four.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in AttentionCall call, AttentionUnit unit, in AttentionScratch scratch)
    {
        int size = call.HeadSize;
        int rows = (unit.Count + ValueSums<TLanes, TVector>.Rows - 1) / ValueSums<TLanes, TVector>.Rows * ValueSums<TLanes, TVector>.Rows;
        new Span<float>(scratch.Sums, rows * size).Clear();
        new Span<float>(scratch.Scores, rows * AttentionScratch.Keys).Clear();
        new Span<float>(scratch.Weight, rows).Clear();
        new Span<float>(scratch.Decay, rows).Clear();
        new Span<float>(scratch.Highest, rows).Fill(float.NegativeInfinity);
        for (int row = 0; row < unit.Count; row++)
        {
            call.Query(unit.Row, unit.Head, unit.First + row, scratch.Queries + ((long)row * size));
        }

        float* keys = call.KeysOf(unit.Row, unit.Head);
        float* values = call.ValuesOf(unit.Row, unit.Head);
        int end = call.Visible(unit.Row, unit.First + unit.Count - 1);
        for (int first = 0; first < end; first += AttentionScratch.Keys)
        {
            for (int row = 0; row < unit.Count; row++)
            {
                float* scores = scratch.Scores + ((long)row * AttentionScratch.Keys);
                int visible = Math.Clamp(call.Visible(unit.Row, unit.First + row) - first, 0, AttentionScratch.Keys);
                Score(scratch.Queries + ((long)row * size), keys + ((long)first * size), size, visible, scores);
                Weigh(scores, scratch.Highest + row, scratch.Weight + row, scratch.Decay + row);
            }

            ValueSums<TLanes, TVector>.Add(
                scratch.Scores, AttentionScratch.Keys, 1, scratch.Decay, rows, values + ((long)first * size), Math.Min(AttentionScratch.Keys, end - first), scratch.Sums, size);
        }

        for (int row = 0; row < unit.Count; row++)
        {
            Finish(scratch.Sums + ((long)row * size), scratch.Weight[row], call.OutputOf(unit.Row, unit.Head, unit.First + row), size);
        }
    }

    /// <summary>Sums by the weights' sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish(float* sums, float weight, float* target, int size)
    {
        TVector inverse = TLanes.Create(1 / weight);
        for (int i = 0; i < size; i += TLanes.Count)
        {
            TLanes.Store(TLanes.Multiply(TLanes.Load(sums + i), inverse), target + i);
        }
    }

    /// <summary>The scores of a block of keys, [<see cref="AttentionScratch.Keys"/>]; minus infinity of those that are not seen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Score(float* query, float* keys, int size, int visible, float* scores)
    {
        int key = 0;
        for (; key + 4 <= visible; key += 4, keys += 4 * size)
        {
            TVector s0 = default, s1 = default, s2 = default, s3 = default;
            float* k1 = keys + size, k2 = k1 + size, k3 = k2 + size;
            for (nint i = 0; i < size; i += TLanes.Count)
            {
                TVector q = TLanes.Load(query + i);
                s0 = TLanes.MultiplyAdd(TLanes.Load(keys + i), q, s0);
                s1 = TLanes.MultiplyAdd(TLanes.Load(k1 + i), q, s1);
                s2 = TLanes.MultiplyAdd(TLanes.Load(k2 + i), q, s2);
                s3 = TLanes.MultiplyAdd(TLanes.Load(k3 + i), q, s3);
            }

            TLanes.Sums(s0, s1, s2, s3).Store(scores + key);
        }

        for (; key < visible; key++, keys += size)
        {
            TVector sum = default;
            for (nint i = 0; i < size; i += TLanes.Count)
            {
                sum = TLanes.MultiplyAdd(TLanes.Load(keys + i), TLanes.Load(query + i), sum);
            }

            scores[key] = TLanes.Sum(sum);
        }

        new Span<float>(scores + visible, AttentionScratch.Keys - visible).Fill(float.NegativeInfinity);
    }

    /// <summary>Makes weights of a block's scores, in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Weigh(float* scores, float* highest, float* weight, float* decay)
    {
        TVector most = TLanes.Load(scores);
        for (int i = TLanes.Count; i < AttentionScratch.Keys; i += TLanes.Count)
        {
            most = TLanes.Max(most, TLanes.Load(scores + i));
        }

        float before = *highest;
        *highest = Math.Max(before, TLanes.Highest(most));
        *decay = before == *highest ? 1 : MathF.Exp(before - *highest);
        TVector reference = TLanes.Create(*highest);
        TVector sum = default;
        for (int i = 0; i < AttentionScratch.Keys; i += TLanes.Count)
        {
            TVector w = Exponentials.Exp<TLanes, TVector>(TLanes.Subtract(TLanes.Load(scores + i), reference));
            TLanes.Store(w, scores + i);
            sum = TLanes.Add(sum, w);
        }

        *weight = (*weight * *decay) + TLanes.Sum(sum);
    }
}
