using System.Numerics;
using System.Runtime.CompilerServices;

namespace DlpLora.Runtime.Backends.LoraOperator;

/// <summary>
/// The arithmetic of a slot over one run: <c>y += ((x A^T) * tile(gate, blocks)) B</c>, in place. Reads no column of B that is zero by the slot's
/// layout, and no row whose gate is 0, so that rows of a batch with mixtures of their own cost what these mixtures cost.
/// </summary>
/// <remarks>
/// The graph's own four nodes do the same; they are what this is tested against. Pointers, since the memory is ONNX Runtime's and the bound stacks'. Compiled
/// with all optimizations at once: the first tokens would else run on slow code, longest where all cores are busy.
/// </remarks>
internal readonly unsafe struct LoraKernel
{
    /// <summary>Tokens that are computed together where their mixtures agree: each number of A and B is then read once for all of them.</summary>
    public const int Group = 4;

    /// <summary>x, [tokens, inputs].</summary>
    public required float* X { get; init; }

    /// <summary>y, [tokens, outputs].</summary>
    public required float* Y { get; init; }

    /// <summary>A, [blocks * rank, inputs].</summary>
    public required float* A { get; init; }

    /// <summary>B, [blocks * rank, outputs].</summary>
    public required float* B { get; init; }

    /// <summary>The gate's rows, [gate rows, rank].</summary>
    public required float* Gate { get; init; }

    public required int Inputs { get; init; }

    public required int Outputs { get; init; }

    /// <summary>R: the rows of one block.</summary>
    public required int Rank { get; init; }

    /// <summary>Tokens of one row of the batch.</summary>
    public required int Sequence { get; init; }

    /// <summary>Whether each row of the batch has a gate of its own, and whether each position has.</summary>
    public required (bool Batch, bool Sequence) GatePer { get; init; }

    /// <summary>First column and width of each block's module.</summary>
    public required LoraBlock* Blocks { get; init; }

    public required int BlockCount { get; init; }

    /// <summary>Numbers of A and B that one token reads where no gate is 0.</summary>
    public long Work
    {
        get
        {
            long numbers = (long)BlockCount * Rank * Inputs;
            for (int block = 0; block < BlockCount; block++)
            {
                numbers += (long)Rank * Blocks[block].Width;
            }

            return numbers;
        }
    }

    /// <summary>Adds the deltas of tokens [first, end) to y.</summary>
    /// <param name="first">The first token.</param>
    /// <param name="end">The token behind the last.</param>
    /// <param name="scratch">[rank, <see cref="Group"/>].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddTokens(int first, int end, float* scratch)
    {
        int token = first;
        for (; token + Group <= end; token += Group)
        {
            if (AgreeEnough(token))
            {
                AddGroup(token, scratch);
            }
            else
            {
                for (int i = 0; i < Group; i++)
                {
                    AddToken(token + i, 0, Rank, Y + ((long)(token + i) * Outputs), scratch);
                }
            }
        }

        for (; token < end; token++)
        {
            AddToken(token, 0, Rank, Y + ((long)token * Outputs), scratch);
        }
    }

    /// <summary>Adds to one row what rows [from, to) of every block contribute to a token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="from">The first row.</param>
    /// <param name="to">The row behind the last.</param>
    /// <param name="target">[outputs]: the token's y, or a partial sum.</param>
    /// <param name="scratch">[rank] numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddToken(int token, int from, int to, float* target, float* scratch)
    {
        float* gate = GateOf(token);
        float* x = X + ((long)token * Inputs);
        for (int block = 0; block < BlockCount; block++)
        {
            long firstRow = (long)block * Rank;
            for (int row = from; row < to; row++)
            {
                scratch[row] = gate[row] == 0 ? 0 : gate[row] * Dot(x, A + ((firstRow + row) * Inputs), Inputs);
            }

            AddRows(scratch, from, to, B + (firstRow * Outputs) + Blocks[block].Column, target + Blocks[block].Column, Blocks[block].Width);
        }
    }

    /// <summary>The gate's row of a token.</summary>
    private float* GateOf(int token)
    {
        (int row, int position) = Math.DivRem(token, Sequence);
        long index = GatePer switch
        {
            (false, false) => 0,
            (true, false) => row,
            (false, true) => position,
            _ => token,
        };
        return Gate + (index * Rank);
    }

    /// <summary>Whether computing a group's tokens together wastes less on gates of 0 than it saves on reading.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool AgreeEnough(int token)
    {
        if (GatePer is (false, false))
        {
            return true;
        }

        int union = 0;
        int sum = 0;
        float* first = GateOf(token);
        float* second = GateOf(token + 1);
        float* third = GateOf(token + 2);
        float* fourth = GateOf(token + 3);
        for (int row = 0; row < Rank; row++)
        {
            int count = (first[row] != 0 ? 1 : 0) + (second[row] != 0 ? 1 : 0) + (third[row] != 0 ? 1 : 0) + (fourth[row] != 0 ? 1 : 0);
            sum += count;
            union += Math.Min(count, 1);
        }

        return sum >= 2 * union;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddGroup(int token, float* scratch)
    {
        float* x = X + ((long)token * Inputs);
        float* y = Y + ((long)token * Outputs);
        float* g0 = GateOf(token);
        float* g1 = GateOf(token + 1);
        float* g2 = GateOf(token + 2);
        float* g3 = GateOf(token + 3);
        for (int block = 0; block < BlockCount; block++)
        {
            long firstRow = (long)block * Rank;

            // scratch: [rank, Group]
            for (int row = 0; row < Rank; row++)
            {
                float* h = scratch + ((long)row * Group);
                if (g0[row] == 0 && g1[row] == 0 && g2[row] == 0 && g3[row] == 0)
                {
                    h[0] = h[1] = h[2] = h[3] = 0;
                    continue;
                }

                Dot4(x, A + ((firstRow + row) * Inputs), h);
                h[0] *= g0[row];
                h[1] *= g1[row];
                h[2] *= g2[row];
                h[3] *= g3[row];
            }

            AddRows4(scratch, B + (firstRow * Outputs) + Blocks[block].Column, y + Blocks[block].Column, Blocks[block].Width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Dot(float* x, float* a, int length)
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

    /// <summary>One row of A against four tokens.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Dot4(float* x, float* a, float* h)
    {
        float* x1 = x + Inputs;
        float* x2 = x1 + Inputs;
        float* x3 = x2 + Inputs;
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        int width = Vector<float>.Count;
        int i = 0;
        for (; i + width <= Inputs; i += width)
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
        for (; i < Inputs; i++)
        {
            h[0] += x[i] * a[i];
            h[1] += x1[i] * a[i];
            h[2] += x2[i] * a[i];
            h[3] += x3[i] * a[i];
        }
    }

    /// <summary>target += h B over the columns of one block, four rows of B at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRows(float* h, int from, int to, float* b, float* target, int columns)
    {
        int width = Vector<float>.Count;
        int row = from;
        for (; row + 4 <= to; row += 4)
        {
            float* b0 = b + ((long)row * Outputs);
            float* b1 = b0 + Outputs;
            float* b2 = b1 + Outputs;
            float* b3 = b2 + Outputs;
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
            AddRow(h[row], b + ((long)row * Outputs), target, columns);
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

    /// <summary>target += h B for four tokens over the columns of one block; the sums of two vectors of columns stay in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRows4(float* h, float* b, float* target, int columns)
    {
        int width = Vector<float>.Count;
        float* t1 = target + Outputs;
        float* t2 = t1 + Outputs;
        float* t3 = t2 + Outputs;
        int i = 0;
        for (; i + width <= columns; i += width)
        {
            Vector<float> s0 = Vector.Load(target + i), s1 = Vector.Load(t1 + i), s2 = Vector.Load(t2 + i), s3 = Vector.Load(t3 + i);
            float* v = b + i;
            for (int row = 0; row < Rank; row++, v += Outputs)
            {
                float* factors = h + ((long)row * Group);
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
            for (int row = 0; row < Rank; row++)
            {
                float value = b[((long)row * Outputs) + i];
                float* factors = h + ((long)row * Group);
                target[i] += factors[0] * value;
                t1[i] += factors[1] * value;
                t2[i] += factors[2] * value;
                t3[i] += factors[3] * value;
            }
        }
    }
}
