using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DlpLora.Runtime.Adapters;

namespace DlpLora.Runtime.Backends.LoraOperator;

/// <summary>Rows of bfloat16 as <see cref="PackedRow"/> lays them out: half the bytes of singles, two instructions a vector of words to take them apart.</summary>
internal readonly unsafe struct PackedRows : ILoraRows
{
    private const int Width = 8;
    private const int Block = PackedRow.Block;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dot(float* x, byte* a0, byte* a1, byte* a2, byte* a3, int length, float* h)
    {
        Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default, t0 = default, t1 = default, t2 = default, t3 = default;
        int i = 0;
        for (; i + Block <= length; i += Block)
        {
            for (int half = 0; half < Block / 2; half += Width)
            {
                Vector256<float> low = Vector256.Load(x + i + half);
                Vector256<float> high = Vector256.Load(x + i + half + (Block / 2));
                int at = (2 * i) + (4 * half);
                Vector256<uint> words = Vector256.Load(a0 + at).AsUInt32();
                s0 = Vector256.FusedMultiplyAdd(low, Low(words), s0);
                t0 = Vector256.FusedMultiplyAdd(high, High(words), t0);
                words = Vector256.Load(a1 + at).AsUInt32();
                s1 = Vector256.FusedMultiplyAdd(low, Low(words), s1);
                t1 = Vector256.FusedMultiplyAdd(high, High(words), t1);
                words = Vector256.Load(a2 + at).AsUInt32();
                s2 = Vector256.FusedMultiplyAdd(low, Low(words), s2);
                t2 = Vector256.FusedMultiplyAdd(high, High(words), t2);
                words = Vector256.Load(a3 + at).AsUInt32();
                s3 = Vector256.FusedMultiplyAdd(low, Low(words), s3);
                t3 = Vector256.FusedMultiplyAdd(high, High(words), t3);
            }
        }

        Vector128<float> sums = LoraSums.Of(s0 + t0, s1 + t1, s2 + t2, s3 + t3);
        for (; i < length; i++)
        {
            sums += Rest(a0, a1, a2, a3, i) * x[i];
        }

        sums.Store(h);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* h, byte* b0, byte* b1, byte* b2, byte* b3, float* target, int columns)
    {
        Vector256<float> h0 = Vector256.Create(h[0]), h1 = Vector256.Create(h[1]), h2 = Vector256.Create(h[2]), h3 = Vector256.Create(h[3]);
        int i = 0;
        for (; i + Block <= columns; i += Block)
        {
            for (int half = 0; half < Block / 2; half += Width)
            {
                float* low = target + i + half;
                float* high = low + (Block / 2);
                int at = (2 * i) + (4 * half);
                Vector256<uint> w0 = Vector256.Load(b0 + at).AsUInt32();
                Vector256<uint> w1 = Vector256.Load(b1 + at).AsUInt32();
                Vector256<float> s = Vector256.FusedMultiplyAdd(h0, Low(w0), Vector256.Load(low));
                Vector256<float> t = Vector256.FusedMultiplyAdd(h0, High(w0), Vector256.Load(high));
                Vector256<float> u = h1 * Low(w1);
                Vector256<float> v = h1 * High(w1);
                w0 = Vector256.Load(b2 + at).AsUInt32();
                w1 = Vector256.Load(b3 + at).AsUInt32();
                s = Vector256.FusedMultiplyAdd(h2, Low(w0), s);
                t = Vector256.FusedMultiplyAdd(h2, High(w0), t);
                u = Vector256.FusedMultiplyAdd(h3, Low(w1), u);
                v = Vector256.FusedMultiplyAdd(h3, High(w1), v);
                (s + u).Store(low);
                (t + v).Store(high);
            }
        }

        for (; i < columns; i++)
        {
            target[i] += Vector128.Dot(Rest(b0, b1, b2, b3, i), Vector128.Load(h));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Low(Vector256<uint> words) => (words << 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> High(Vector256<uint> words) => (words & Vector256.Create(0xFFFF0000)).AsSingle();

    /// <summary>The i-th numbers of four rows, behind the last whole block.</summary>
    private static Vector128<float> Rest(byte* r0, byte* r1, byte* r2, byte* r3, int i) =>
        (Vector128.Create(((ushort*)r0)[i], ((ushort*)r1)[i], ((ushort*)r2)[i], (uint)((ushort*)r3)[i]) << 16).AsSingle();
}
