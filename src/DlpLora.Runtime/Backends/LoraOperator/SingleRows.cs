using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DlpLora.Runtime.Backends.LoraOperator;

/// <summary>Rows of singles.</summary>
internal readonly unsafe struct SingleRows : ILoraRows
{
    private const int Width = 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dot(float* x, byte* a0, byte* a1, byte* a2, byte* a3, int length, float* h)
    {
        float* r0 = (float*)a0;
        float* r1 = (float*)a1;
        float* r2 = (float*)a2;
        float* r3 = (float*)a3;
        Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default, t0 = default, t1 = default, t2 = default, t3 = default;
        int i = 0;
        for (; i + (2 * Width) <= length; i += 2 * Width)
        {
            Vector256<float> low = Vector256.Load(x + i);
            Vector256<float> high = Vector256.Load(x + i + Width);
            s0 = Vector256.FusedMultiplyAdd(low, Vector256.Load(r0 + i), s0);
            s1 = Vector256.FusedMultiplyAdd(low, Vector256.Load(r1 + i), s1);
            s2 = Vector256.FusedMultiplyAdd(low, Vector256.Load(r2 + i), s2);
            s3 = Vector256.FusedMultiplyAdd(low, Vector256.Load(r3 + i), s3);
            t0 = Vector256.FusedMultiplyAdd(high, Vector256.Load(r0 + i + Width), t0);
            t1 = Vector256.FusedMultiplyAdd(high, Vector256.Load(r1 + i + Width), t1);
            t2 = Vector256.FusedMultiplyAdd(high, Vector256.Load(r2 + i + Width), t2);
            t3 = Vector256.FusedMultiplyAdd(high, Vector256.Load(r3 + i + Width), t3);
        }

        Vector128<float> sums = LoraSums.Of(s0 + t0, s1 + t1, s2 + t2, s3 + t3);
        for (; i < length; i++)
        {
            sums += Vector128.Create(r0[i], r1[i], r2[i], r3[i]) * x[i];
        }

        sums.Store(h);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* h, byte* b0, byte* b1, byte* b2, byte* b3, float* target, int columns)
    {
        float* r0 = (float*)b0;
        float* r1 = (float*)b1;
        float* r2 = (float*)b2;
        float* r3 = (float*)b3;
        Vector256<float> h0 = Vector256.Create(h[0]), h1 = Vector256.Create(h[1]), h2 = Vector256.Create(h[2]), h3 = Vector256.Create(h[3]);
        int i = 0;
        for (; i + Width <= columns; i += Width)
        {
            Vector256<float> low = Vector256.FusedMultiplyAdd(h0, Vector256.Load(r0 + i), Vector256.Load(target + i));
            Vector256<float> high = h1 * Vector256.Load(r1 + i);
            low = Vector256.FusedMultiplyAdd(h2, Vector256.Load(r2 + i), low);
            high = Vector256.FusedMultiplyAdd(h3, Vector256.Load(r3 + i), high);
            (low + high).Store(target + i);
        }

        for (; i < columns; i++)
        {
            target[i] += (h[0] * r0[i]) + (h[1] * r1[i]) + (h[2] * r2[i]) + (h[3] * r3[i]);
        }
    }
}
