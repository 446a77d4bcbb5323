using System.Runtime.CompilerServices;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends.CustomOperators;

namespace DlpLora.Runtime.Backends.LoraOperator;

/// <summary>
/// The arithmetic of a slot over one run: <c>y += ((x A^T) * tile(gate, blocks)) B</c>, in place. Reads no column of B that is zero by the slot's
/// layout, and no row whose gate is 0, so that rows of a batch with mixtures of their own cost what these mixtures cost.
/// </summary>
/// <remarks>
/// Four rows at a time go over all tokens that use them, and are in the processor's first cache for all but the first of these: what rows of a batch share is
/// fetched once, in whichever way their mixtures overlap, and a token's sums do not depend on the tokens beside it.
/// The graph's own four nodes do the same; they are what this is tested against. Pointers, since the memory is ONNX Runtime's and the bound stacks'. Compiled
/// with all optimizations at once: the first tokens would else run on slow code, longest where all cores are busy.
/// </remarks>
internal readonly unsafe struct LoraKernel
{
    /// <summary>Tokens that are computed together: their x and y stay in the processor's first cache.</summary>
    public const int Group = 8;

    /// <summary>Rows of A and B that are computed together.</summary>
    public const int Rows = 4;

    /// <summary>x, [tokens, inputs].</summary>
    public required float* X { get; init; }

    /// <summary>y, [tokens, outputs].</summary>
    public required float* Y { get; init; }

    /// <summary>The form of A and B.</summary>
    public required WeightElement Element { get; init; }

    /// <summary>A, [blocks * rank, inputs].</summary>
    public required byte* A { get; init; }

    /// <summary>B: singles [blocks * rank, outputs]; bfloat16 [rank, widths of the blocks together].</summary>
    public required byte* B { get; init; }

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

    /// <summary>The widths of the blocks together.</summary>
    public int BlockWidth
    {
        get
        {
            int width = 0;
            for (int block = 0; block < BlockCount; block++)
            {
                width += Blocks[block].Width;
            }

            return width;
        }
    }

    /// <summary>Numbers of A and B that one token reads where no gate is 0.</summary>
    public long Work => (long)Rank * (((long)BlockCount * Inputs) + BlockWidth);

    /// <summary>Adds the deltas of tokens [first, end) to y.</summary>
    public void AddTokens(int first, int end)
    {
        for (int token = first; token < end; token += Group)
        {
            Add(token, Math.Min(Group, end - token), 0, Rank, Y + ((long)token * Outputs));
        }
    }

    /// <summary>Adds what rows [from, to) of every block contribute to some tokens.</summary>
    /// <param name="token">The first token.</param>
    /// <param name="count">How many; <see cref="Group"/> at most.</param>
    /// <param name="from">The first row.</param>
    /// <param name="to">The row behind the last.</param>
    /// <param name="target">[count, outputs]: the tokens' y, or partial sums.</param>
    public void Add(int token, int count, int from, int to, float* target)
    {
        if (Element == WeightElement.Single)
        {
            Add<SingleRows>(token, count, from, to, target);
        }
        else
        {
            Add<PackedRows>(token, count, from, to, target);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add<TRows>(int token, int count, int from, int to, float* target)
        where TRows : struct, ILoraRows
    {
        float** gates = stackalloc float*[Group];
        for (int i = 0; i < count; i++)
        {
            gates[i] = GateOf(token + i);
        }

        // [Group, Rows]
        float* h = stackalloc float[Group * Rows];
        bool single = Element == WeightElement.Single;
        int size = Element.Size();
        int packedColumn = 0;
        long aStride = (long)Inputs * size;
        long bStride = (long)(single ? Outputs : BlockWidth) * size;
        for (int block = 0; block < BlockCount; block++)
        {
            LoraBlock module = Blocks[block];
            byte* aBlock = A + (block * Rank * aStride);
            byte* bBlock = single ? B + (block * Rank * bStride) + (module.Column * (long)size) : B + (packedColumn * (long)size);
            packedColumn += module.Width;
            for (int row = from; row < to; row += Rows)
            {
                int rows = Math.Min(Rows, to - row);
                byte* a = aBlock + (row * aStride);
                Fetch(gates, count, row + Rows, to, aBlock, aStride, aStride);
                Fetch(gates, count, row + Rows, to, bBlock, bStride, module.Width * (long)size);
                for (int i = 0; i < count; i++)
                {
                    float* sums = h + (i * Rows);
                    if (!Offsets(gates[i] + row, rows, aStride, out long r0, out long r1, out long r2, out long r3))
                    {
                        sums[0] = sums[1] = sums[2] = sums[3] = 0;
                        continue;
                    }

                    TRows.Dot(X + ((long)(token + i) * Inputs), a + r0, a + r1, a + r2, a + r3, Inputs, sums);
                    for (int k = 0; k < Rows; k++)
                    {
                        sums[k] = k < rows ? sums[k] * gates[i][row + k] : 0;
                    }
                }

                byte* b = bBlock + (row * bStride);
                for (int i = 0; i < count; i++)
                {
                    if (Offsets(gates[i] + row, rows, bStride, out long r0, out long r1, out long r2, out long r3))
                    {
                        TRows.Add(h + (i * Rows), b + r0, b + r1, b + r2, b + r3, target + ((long)i * Outputs) + module.Column, module.Width);
                    }
                }
            }
        }
    }

    /// <summary>Fetches the next rows that any of the tokens uses, while others are computed with.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fetch(float** gates, int count, int row, int to, byte* block, long stride, long bytes)
    {
        for (int end = Math.Min(row + Rows, to); row < end; row++)
        {
            bool used = false;
            for (int i = 0; i < count && !used; i++)
            {
                used = gates[i][row] != 0;
            }

            if (used)
            {
                CacheLines.Fetch(block + (row * stride), bytes);
            }
        }
    }

    /// <summary>Where the four rows lie that a token reads: in the place of those whose gate is 0, and of those behind the last, one that is read anyway.</summary>
    /// <returns>Whether any of the gates is not 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Offsets(float* gate, int rows, long stride, out long r0, out long r1, out long r2, out long r3)
    {
        int any = -1;
        for (int k = 0; k < rows; k++)
        {
            any = gate[k] != 0 ? k : any;
        }

        r0 = (gate[0] != 0 ? 0 : any) * stride;
        r1 = (rows > 1 && gate[1] != 0 ? 1 : any) * stride;
        r2 = (rows > 2 && gate[2] != 0 ? 2 : any) * stride;
        r3 = (rows > 3 && gate[3] != 0 ? 3 : any) * stride;
        return any >= 0;
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
}
