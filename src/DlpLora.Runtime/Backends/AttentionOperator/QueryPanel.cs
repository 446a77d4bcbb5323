using System.Runtime.CompilerServices;
using DlpLora.Runtime.Backends.Lanes;

namespace DlpLora.Runtime.Backends.AttentionOperator;

/// <summary>Attention of many query rows, as in reading a prompt: they stand side by side in the lanes of two vectors, so no sum across a vector is needed.</summary>
/// <remarks>The softmax is that of <see cref="QueryRows{TLanes, TVector}"/>. What a query row gives does not depend on those beside it.</remarks>
internal static unsafe class QueryPanel<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>Keys that are computed together.</summary>
    private const int Together = 4;

    /// <summary>Query rows of a panel.</summary>
    public static int Width => 2 * TLanes.Count;

    /// <summary>Computes a unit.</summary>
    /// <param name="call">The run.</param>
    /// <param name="unit">At most <see cref="Width"/> query rows.</param>
    /// <param name="scratch">Has room for that many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in AttentionCall call, AttentionUnit unit, in AttentionScratch scratch)
    {
        int size = call.HeadSize;
        int rows = (unit.Count + ValueSums<TLanes, TVector>.Rows - 1) / ValueSums<TLanes, TVector>.Rows * ValueSums<TLanes, TVector>.Rows;
        Begin(call, unit, scratch);
        float* keys = call.KeysOf(unit.Row, unit.Head);
        float* values = call.ValuesOf(unit.Row, unit.Head);
        int all = call.Visible(unit.Row, unit.First);
        int end = call.Visible(unit.Row, unit.First + unit.Count - 1);
        for (int first = 0; first < end; first += AttentionScratch.Keys)
        {
            int count = Math.Min(AttentionScratch.Keys, end - first);
            Score(scratch.Queries, keys + ((long)first * size), size, count, scratch.Scores);
            if (first + count > all)
            {
                Hide(scratch, first, count);
            }

            Weigh(scratch, count);
            ValueSums<TLanes, TVector>.Add(scratch.Scores, 1, Width, scratch.Decay, rows, values + ((long)first * size), count, scratch.Sums, size);
        }

        for (int row = 0; row < unit.Count; row++)
        {
            QueryRows<TLanes, TVector>.Finish(scratch.Sums + ((long)row * size), scratch.Weight[row], call.OutputOf(unit.Row, unit.Head, unit.First + row), size);
        }
    }

    /// <summary>Queries as [head size, width], zeros for rows that are not there; those see what the last one sees.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Begin(in AttentionCall call, AttentionUnit unit, in AttentionScratch scratch)
    {
        int size = call.HeadSize;
        float* queries = scratch.Queries;
        if (unit.Count < Width)
        {
            new Span<float>(queries, size * Width).Clear();
        }

        // The sums are not in use yet: one row of them holds a query.
        float* query = scratch.Sums;
        for (int row = 0; row < unit.Count; row++)
        {
            call.Query(unit.Row, unit.Head, unit.First + row, query);
            for (int i = 0; i < size; i++)
            {
                queries[(i * Width) + row] = query[i];
            }
        }

        for (int row = 0; row < Width; row++)
        {
            scratch.Visible[row] = call.Visible(unit.Row, unit.First + Math.Min(row, unit.Count - 1));
        }

        new Span<float>(scratch.Sums, size * Width).Clear();
        new Span<float>(scratch.Weight, Width).Clear();
        new Span<float>(scratch.Highest, Width).Fill(float.NegativeInfinity);
    }

    /// <summary>Scores as [keys, width].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Score(float* queries, float* keys, int size, int count, float* scores)
    {
        int lanes = TLanes.Count;
        int width = Width;
        for (; count >= Together; count -= Together, keys += Together * size, scores += Together * width)
        {
            float* k1 = keys + size, k2 = k1 + size, k3 = k2 + size;
            TVector a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
            float* q = queries;
            for (nint i = 0; i < size; i++, q += width)
            {
                TVector a = TLanes.Load(q), b = TLanes.Load(q + lanes);
                TVector key = TLanes.Create(keys[i]);
                a0 = TLanes.MultiplyAdd(key, a, a0);
                b0 = TLanes.MultiplyAdd(key, b, b0);
                key = TLanes.Create(k1[i]);
                a1 = TLanes.MultiplyAdd(key, a, a1);
                b1 = TLanes.MultiplyAdd(key, b, b1);
                key = TLanes.Create(k2[i]);
                a2 = TLanes.MultiplyAdd(key, a, a2);
                b2 = TLanes.MultiplyAdd(key, b, b2);
                key = TLanes.Create(k3[i]);
                a3 = TLanes.MultiplyAdd(key, a, a3);
                b3 = TLanes.MultiplyAdd(key, b, b3);
            }

            TLanes.Store(a0, scores);
            TLanes.Store(b0, scores + lanes);
            TLanes.Store(a1, scores + width);
            TLanes.Store(b1, scores + width + lanes);
            TLanes.Store(a2, scores + (2 * width));
            TLanes.Store(b2, scores + (2 * width) + lanes);
            TLanes.Store(a3, scores + (3 * width));
            TLanes.Store(b3, scores + (3 * width) + lanes);
        }

        for (; count > 0; count--, keys += size, scores += width)
        {
            TVector a = default, b = default;
            for (nint i = 0; i < size; i++)
            {
                TVector key = TLanes.Create(keys[i]);
                a = TLanes.MultiplyAdd(key, TLanes.Load(queries + (i * width)), a);
                b = TLanes.MultiplyAdd(key, TLanes.Load(queries + (i * width) + lanes), b);
            }

            TLanes.Store(a, scores);
            TLanes.Store(b, scores + lanes);
        }
    }

    /// <summary>Keys behind what a query row sees get a score of minus infinity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Hide(in AttentionScratch scratch, int first, int count)
    {
        TVector hidden = TLanes.Create(float.NegativeInfinity);
        for (int lane = 0; lane < Width; lane += TLanes.Count)
        {
            TVector visible = TLanes.Load(scratch.Visible + lane);
            float* scores = scratch.Scores + lane;
            for (int key = first; key < first + count; key++, scores += Width)
            {
                TLanes.Store(TLanes.WhereGreater(visible, TLanes.Create(key), TLanes.Load(scores), hidden), scores);
            }
        }
    }

    /// <summary>Makes weights of the scores, in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Weigh(in AttentionScratch scratch, int count)
    {
        for (int lane = 0; lane < Width; lane += TLanes.Count)
        {
            TVector before = TLanes.Load(scratch.Highest + lane);
            TVector highest = before;
            float* scores = scratch.Scores + lane;
            for (int key = 0; key < count; key++)
            {
                highest = TLanes.Max(highest, TLanes.Load(scores + (key * Width)));
            }

            TVector decay = Exponentials.Exp<TLanes, TVector>(TLanes.Subtract(before, highest));
            TVector weight = TLanes.Multiply(decay, TLanes.Load(scratch.Weight + lane));
            for (int key = 0; key < count; key++, scores += Width)
            {
                TVector w = Exponentials.Exp<TLanes, TVector>(TLanes.Subtract(TLanes.Load(scores), highest));
                TLanes.Store(w, scores);
                weight = TLanes.Add(weight, w);
            }

            TLanes.Store(highest, scratch.Highest + lane);
            TLanes.Store(decay, scratch.Decay + lane);
            TLanes.Store(weight, scratch.Weight + lane);
        }
    }
}
