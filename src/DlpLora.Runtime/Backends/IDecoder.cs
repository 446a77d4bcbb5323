using DlpLora.Runtime.Fusion;

namespace DlpLora.Runtime.Backends;

/// <summary>
/// Rows of sequences on a loaded model. A prompt is read into one row, in as many pieces as wanted; then the first rows, so many as wanted, run
/// on together, one token each.
/// </summary>
/// <remarks>
/// Not thread-safe. The spans that it returns are native memory: logits are valid until the next run of so many rows, a gate until the next
/// <see cref="Bind"/> for so many rows.
/// </remarks>
internal interface IDecoder : IDisposable
{
    /// <summary>How many rows there is memory for.</summary>
    int Rows { get; }

    /// <summary>Tokens that each row has room for.</summary>
    int Capacity { get; }

    /// <summary>Tokens that a row holds.</summary>
    int Length(int row);

    /// <summary>Makes a row forget all tokens after the first so many.</summary>
    void Truncate(int row, int length);

    /// <summary>Makes a row hold the first tokens of another, whatever it held.</summary>
    /// <param name="from">The row that has them.</param>
    /// <param name="to">Another row.</param>
    /// <param name="tokens">How many, not more than the first row holds.</param>
    void Copy(int from, int to, int tokens);

    /// <summary>Exchanges two rows.</summary>
    void Swap(int row, int other);

    /// <summary>Makes room, or gives it back. The first rows keep their tokens.</summary>
    void Resize(int rows, int capacity);

    /// <summary>Binds stacked adapters, null for the base, for the next runs of so many rows. The caller keeps the stack alive while they run, and writes the gate.</summary>
    /// <param name="rows">1 for <see cref="Read"/>, or the rows of <see cref="Decode"/>.</param>
    /// <param name="stack">The stack; null is the base.</param>
    /// <param name="gateRows">1 for a gate that holds for all, or one row of it for each token or row.</param>
    /// <returns>The gate to be written, [gate rows, R] of the stack; empty for the base.</returns>
    Span<float> Bind(int rows, FusedStack? stack, int gateRows);

    /// <summary>Runs new tokens through the model and appends them to one row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="ids">The tokens, at least one.</param>
    /// <param name="logitsRows">Which of them want logits, by index into <paramref name="ids"/>; at least one.</param>
    /// <returns>[logits rows, vocabulary]; the caller may write into it.</returns>
    Span<float> Read(int row, scoped ReadOnlySpan<int> ids, scoped ReadOnlySpan<int> logitsRows);

    /// <summary>Runs one new token through the model for each of the first rows.</summary>
    /// <param name="ids">A token for each row; no row may be empty.</param>
    /// <returns>[rows, vocabulary]; the caller may write into it.</returns>
    Span<float> Decode(scoped ReadOnlySpan<int> ids);
}
