namespace DlpLora.Runtime.Generation;

/// <summary>What a request cost; where its questions were answered one by one, the sum over them.</summary>
public sealed record GenerationUsage
{
    /// <summary>Tokens of the prompt, control tokens of the template included.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Tokens of the answer, the end token included.</summary>
    public required int CompletionTokens { get; init; }

    /// <summary>Wall time from the request's admission to its worker until work on its prompt began: waiting in the queue and for KV memory.</summary>
    public required TimeSpan QueueTime { get; init; }

    /// <summary>Wall time of routing, of loading and stacking adapters, and of rendering and tokenizing the prompt.</summary>
    public required TimeSpan PrepareTime { get; init; }

    /// <summary>Wall time of the prompt's run through the model.</summary>
    public required TimeSpan PrefillTime { get; init; }

    /// <summary>Wall time after the first token of the answer was known.</summary>
    public required TimeSpan DecodeTime { get; init; }

    /// <summary>Tokens that prompt lookup guessed and the model checked; 0 without <see cref="GenerationRequest.PromptLookup"/>.</summary>
    public int GuessedTokens { get; init; }

    /// <summary>Guessed tokens that came true: each of them spared a run of the model.</summary>
    public int GuessedRightTokens { get; init; }

    /// <summary>Tokens of the answer after its first, a second of <see cref="DecodeTime"/>; 0 when there is none.</summary>
    public double DecodeTokensPerSecond => CompletionTokens > 1 && DecodeTime > TimeSpan.Zero ? (CompletionTokens - 1) / DecodeTime.TotalSeconds : 0;
}
