using DlpLora.Runtime.Fusion;

namespace DlpLora.Runtime.Backends;

/// <summary>One sequence on a loaded model: its KV cache and its bound mixture.</summary>
/// <remarks>Not thread-safe. The spans that it returns are native memory, valid until the next run, and that of the gate until the next gate.</remarks>
internal interface IDecoder : IDisposable
{
    /// <summary>Tokens that the KV cache has room for.</summary>
    int Capacity { get; }

    /// <summary>Tokens in the KV cache.</summary>
    int Length { get; }

    /// <summary>Empties the KV cache and unbinds the mixture.</summary>
    void Reset();

    /// <summary>Binds the stacked adapters; null is the base. The caller keeps the stack alive while it is bound, and writes the gate anew.</summary>
    void Bind(FusedStack? stack);

    /// <summary>The gate, [rows, R] of the bound stack, to be written before <see cref="Run"/>; empty for the base.</summary>
    /// <param name="rows">1 for a gate that holds for all tokens of the run, or one row a token.</param>
    Span<float> Gate(int rows);

    /// <summary>Runs new tokens through the model and appends them to the KV cache.</summary>
    /// <param name="ids">The tokens, at least one.</param>
    /// <param name="logitsRows">Which of them want logits, by index into <paramref name="ids"/>; at least one.</param>
    /// <returns>[logits rows, vocabulary]; the caller may write into it.</returns>
    Span<float> Run(scoped ReadOnlySpan<int> ids, scoped ReadOnlySpan<int> logitsRows);
}
