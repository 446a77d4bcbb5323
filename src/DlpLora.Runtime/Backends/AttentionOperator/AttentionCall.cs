using System.Runtime.InteropServices;

namespace DlpLora.Runtime.Backends.AttentionOperator;

/// <summary>
/// One run of an attention node. A "query row" is one head of one new token; those that share a key/value head stand behind each other, token by token, so
/// that their keys and values are read for all of them.
/// </summary>
/// <remarks>A row with fewer tokens than the longest is padded behind them; padding is neither read nor computed.</remarks>
internal readonly unsafe struct AttentionCall
{
    /// <summary>[batch, sequence, (heads + 2 * key/value heads) * head size]: queries, keys, values.</summary>
    public required float* Qkv { get; init; }

    /// <summary>[positions, head size / 2].</summary>
    public required float* Cosines { get; init; }

    /// <summary>[positions, head size / 2].</summary>
    public required float* Sines { get; init; }

    /// <summary>[batch, key/value heads, capacity, head size]: those before, and behind them the new ones.</summary>
    public required float* Keys { get; init; }

    /// <summary>As <see cref="Keys"/>.</summary>
    public required float* Values { get; init; }

    /// <summary>[batch]: the position of each row's last new token.</summary>
    public required int* Last { get; init; }

    /// <summary>[batch, sequence, heads * head size].</summary>
    public required float* Output { get; init; }

    public required int Batch { get; init; }

    public required int Sequence { get; init; }

    public required int Heads { get; init; }

    public required int KeyValueHeads { get; init; }

    public required int HeadSize { get; init; }

    public required int Capacity { get; init; }

    /// <summary>What scores are multiplied with.</summary>
    public required float Scale { get; init; }

    /// <summary>Heads that share a key/value head.</summary>
    public int Group => Heads / KeyValueHeads;

    /// <summary>Tokens that a row had before.</summary>
    public int Past(int row) => Math.Max(0, Last[row] + 1 - Sequence);

    /// <summary>New tokens of a row.</summary>
    public int Tokens(int row) => Math.Min(Last[row] + 1, Sequence);

    /// <summary>How many keys a query row sees.</summary>
    public int Visible(int row, int query) => Past(row) + (query / Group) + 1;

    /// <summary>The keys of a head, [capacity, head size].</summary>
    public float* KeysOf(int row, int head) => Keys + HeadOffset(row, head);

    /// <summary>The values of a head, [capacity, head size].</summary>
    public float* ValuesOf(int row, int head) => Values + HeadOffset(row, head);

    /// <summary>Where the result of a query row goes, [head size].</summary>
    public float* OutputOf(int row, int head, int query) => Output + ((((long)row * Sequence) + (query / Group)) * Heads * HeadSize) + HeadOf(head, query);

    /// <summary>A query row, turned to its position and scaled.</summary>
    /// <param name="row">The row.</param>
    /// <param name="head">The key/value head.</param>
    /// <param name="query">The query row of both.</param>
    /// <param name="target">[head size].</param>
    public void Query(int row, int head, int query, float* target) =>
        Turn(Token(row, query / Group) + HeadOf(head, query), Past(row) + (query / Group), Scale, target);

    /// <summary>Copies the keys and values of before from other memory, unless they are where the new ones go, and clears the output of padding.</summary>
    /// <param name="keys">[batch, key/value heads, capacity, head size].</param>
    /// <param name="values">As the keys.</param>
    /// <param name="capacity">Of that memory.</param>
    public void TakePast(float* keys, float* values, int capacity)
    {
        for (int row = 0; row < Batch; row++)
        {
            long padding = (long)(Sequence - Tokens(row)) * Heads * HeadSize;
            NativeMemory.Clear(Output + (((long)(row + 1) * Sequence * Heads * HeadSize) - padding), (nuint)(padding * sizeof(float)));
            for (int head = 0; head < KeyValueHeads && (keys != Keys || values != Values); head++)
            {
                long offset = (((long)row * KeyValueHeads) + head) * capacity * HeadSize;
                nuint bytes = (nuint)Past(row) * (nuint)HeadSize * sizeof(float);
                NativeMemory.Copy(keys + offset, KeysOf(row, head), bytes);
                NativeMemory.Copy(values + offset, ValuesOf(row, head), bytes);
            }
        }
    }

    /// <summary>Puts a new token's keys and values behind those before.</summary>
    public void Append(int row, int token)
    {
        int position = Past(row) + token;
        float* key = Token(row, token) + ((long)Heads * HeadSize);
        float* value = key + ((long)KeyValueHeads * HeadSize);
        for (int head = 0; head < KeyValueHeads; head++, key += HeadSize, value += HeadSize)
        {
            Turn(key, position, 1, KeysOf(row, head) + ((long)position * HeadSize));
            NativeMemory.Copy(value, ValuesOf(row, head) + ((long)position * HeadSize), (nuint)HeadSize * sizeof(float));
        }
    }

    private float* Token(int row, int token) => Qkv + ((((long)row * Sequence) + token) * (Heads + (2 * KeyValueHeads)) * HeadSize);

    private long HeadOf(int head, int query) => ((head * Group) + (query % Group)) * (long)HeadSize;

    private long HeadOffset(int row, int head) => (((long)row * KeyValueHeads) + head) * Capacity * HeadSize;

    private void Turn(float* source, int position, float scale, float* target)
    {
        int half = HeadSize / 2;
        RotaryKernel.Run(source, Cosines + ((long)position * half), Sines + ((long)position * half), half, scale, target);
    }
}
