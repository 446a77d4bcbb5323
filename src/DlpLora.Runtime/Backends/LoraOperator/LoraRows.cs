using System.Numerics;
using System.Runtime.CompilerServices;

namespace DlpLora.Runtime.Backends.LoraOperator;

/// <summary>The products of a slot: rows of A against one token or <see cref="LoraKernel.Group"/> of them, and sums of rows of B.</summary>
internal static unsafe class LoraRows
{
    /// <summary>A row of A, [length], against one token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Dot(float* x, float* a, int length)
    {
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        int width = Vector<float>.Count;
        int i = 0;
        for (; i + (4 * width) <= length; i += 4 * width)
        {
            s0 = Vector.FusedMultiplyAdd(Vector.Load(x + i), Vector.Load(a + i), s0);
            s1 = Vector.FusedMultiplyAdd(Vector.Load(x + i + width), Vector.Load(a + i + width), s1);
            s2 = Vector.FusedMultiplyAdd(Vector.Load(x + i + (2 * width)), Vector.Load(a + i + (2 * width)), s2);
            s3 = Vector.FusedMultiplyAdd(Vector.Load(x + i + (3 * width)), Vector.Load(a + i + (3 * width)), s3);
        }

        for (; i + width <= length; i += width)
        {
            s0 = Vector.FusedMultiplyAdd(Vector.Load(x + i), Vector.Load(a + i), s0);
        }

        float sum = Vector.Sum((s0 + s1) + (s2 + s3));
        for (; i < length; i++)
        {
            sum += x[i] * a[i];
        }

        return sum;
    }

    /// <summary>A row of A against four tokens whose x lie behind each other; h: [4].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dot4(float* x, float* a, int length, float* h)
    {
        float* x1 = x + length;
        float* x2 = x1 + length;
        float* x3 = x2 + length;
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        int width = Vector<float>.Count;
        int i = 0;
        for (; i + width <= length; i += width)
        {
            Vector<float> v = Vector.Load(a + i);
            s0 = Vector.FusedMultiplyAdd(Vector.Load(x + i), v, s0);
            s1 = Vector.FusedMultiplyAdd(Vector.Load(x1 + i), v, s1);
            s2 = Vector.FusedMultiplyAdd(Vector.Load(x2 + i), v, s2);
            s3 = Vector.FusedMultiplyAdd(Vector.Load(x3 + i), v, s3);
        }

        h[0] = Vector.Sum(s0);
        h[1] = Vector.Sum(s1);
        h[2] = Vector.Sum(s2);
        h[3] = Vector.Sum(s3);
        for (; i < length; i++)
        {
            h[0] += x[i] * a[i];
            h[1] += x1[i] * a[i];
            h[2] += x2[i] * a[i];
            h[3] += x3[i] * a[i];
        }
    }

    /// <summary>target += h B over so many columns, four of B's rows [from, to) at a time; they lie <paramref name="stride"/> apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddRows(float* h, int from, int to, float* b, long stride, float* target, int columns)
    {
        int width = Vector<float>.Count;
        int row = from;
        for (; row + 4 <= to; row += 4)
        {
            float* b0 = b + (row * stride);
            float* b1 = b0 + stride;
            float* b2 = b1 + stride;
            float* b3 = b2 + stride;
            if (h[row] == 0 && h[row + 1] == 0 && h[row + 2] == 0 && h[row + 3] == 0)
            {
                continue;
            }

            Vector<float> h0 = new(h[row]), h1 = new(h[row + 1]), h2 = new(h[row + 2]), h3 = new(h[row + 3]);
            int i = 0;
            for (; i + width <= columns; i += width)
            {
                Vector<float> low = Vector.FusedMultiplyAdd(h0, Vector.Load(b0 + i), Vector.Load(target + i));
                Vector<float> high = h1 * Vector.Load(b1 + i);
                low = Vector.FusedMultiplyAdd(h2, Vector.Load(b2 + i), low);
                high = Vector.FusedMultiplyAdd(h3, Vector.Load(b3 + i), high);
                Vector.Store(low + high, target + i);
            }

            for (; i < columns; i++)
            {
                target[i] += (h[row] * b0[i]) + (h[row + 1] * b1[i]) + (h[row + 2] * b2[i]) + (h[row + 3] * b3[i]);
            }
        }

        for (; row < to; row++)
        {
            AddRow(h[row], b + (row * stride), target, columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRow(float h, float* b, float* target, int columns)
    {
        if (h == 0)
        {
            return;
        }

        Vector<float> factor = new(h);
        int width = Vector<float>.Count;
        int i = 0;
        for (; i + width <= columns; i += width)
        {
            Vector.Store(Vector.FusedMultiplyAdd(factor, Vector.Load(b + i), Vector.Load(target + i)), target + i);
        }

        for (; i < columns; i++)
        {
            target[i] += h * b[i];
        }
    }

    /// <summary>target += h B for four tokens, whose targets lie <paramref name="stride"/> apart as B's rows do; h: [rows, 4]. The sums of a vector of columns stay in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddRows4(float* h, int rows, float* b, long stride, float* target, int columns)
    {
        int width = Vector<float>.Count;
        float* t1 = target + stride;
        float* t2 = t1 + stride;
        float* t3 = t2 + stride;
        int i = 0;
        for (; i + width <= columns; i += width)
        {
            Vector<float> s0 = Vector.Load(target + i), s1 = Vector.Load(t1 + i), s2 = Vector.Load(t2 + i), s3 = Vector.Load(t3 + i);
            float* v = b + i;
            for (int row = 0; row < rows; row++, v += stride)
            {
                float* factors = h + ((long)row * LoraKernel.Group);
                Vector<float> values = Vector.Load(v);
                s0 = Vector.FusedMultiplyAdd(new Vector<float>(factors[0]), values, s0);
                s1 = Vector.FusedMultiplyAdd(new Vector<float>(factors[1]), values, s1);
                s2 = Vector.FusedMultiplyAdd(new Vector<float>(factors[2]), values, s2);
                s3 = Vector.FusedMultiplyAdd(new Vector<float>(factors[3]), values, s3);
            }

            Vector.Store(s0, target + i);
            Vector.Store(s1, t1 + i);
            Vector.Store(s2, t2 + i);
            Vector.Store(s3, t3 + i);
        }

        for (; i < columns; i++)
        {
            for (int row = 0; row < rows; row++)
            {
                float value = b[(row * stride) + i];
                float* factors = h + ((long)row * LoraKernel.Group);
                target[i] += factors[0] * value;
                t1[i] += factors[1] * value;
                t2[i] += factors[2] * value;
                t3[i] += factors[3] * value;
            }
        }
    }
}
