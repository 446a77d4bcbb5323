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
                scratch[row] = gate[row] == 0 ? 0 : gate[row] * LoraRows.Dot(x, A + ((firstRow + row) * Inputs), Inputs);
            }

            LoraRows.AddRows(scratch, from, to, B + (firstRow * Outputs) + Blocks[block].Column, Outputs, target + Blocks[block].Column, Blocks[block].Width);
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

                LoraRows.Dot4(x, A + ((firstRow + row) * Inputs), Inputs, h);
                h[0] *= g0[row];
                h[1] *= g1[row];
                h[2] *= g2[row];
                h[3] *= g3[row];
            }

            LoraRows.AddRows4(scratch, Rank, B + (firstRow * Outputs) + Blocks[block].Column, Outputs, y + Blocks[block].Column, Blocks[block].Width);
        }
    }
}
