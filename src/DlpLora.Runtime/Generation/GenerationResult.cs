namespace DlpLora.Runtime.Generation;

/// <summary>A finished answer.</summary>
public sealed record GenerationResult
{
    /// <summary>The answer without control tokens, and without the stop string that ended it; null where the model folder has no tokenizer.</summary>
    public required string? Text { get; init; }

    /// <summary>
    /// The answers to the questions of the prompt, where they were answered one by one (<see cref="SegmentAnswering.OneByOne"/>) and there were
    /// several; else empty.
    /// </summary>
    public IReadOnlyList<SegmentAnswer> Answers { get; init; } = [];

    /// <summary>The tokens of the answer, the end token included; of several answers those of each, one after the other.</summary>
    public required IReadOnlyList<int> OutputIds { get; init; }

    /// <summary>Why it ended.</summary>
    public required FinishReason FinishReason { get; init; }

    /// <summary>Tokens and times.</summary>
    public required GenerationUsage Usage { get; init; }

    /// <summary>
    /// Which mixture computed which tokens, in the order of the sequence: the prompt's parts, the answer, and every switch in it. The
    /// parts cover the sequence without gaps. Where questions were answered one by one, the second prompt follows the first answer.
    /// </summary>
    public required IReadOnlyList<AppliedMixture> Routing { get; init; }

    /// <summary>The seed that the draws used; null for a greedy answer.</summary>
    public long? Seed { get; init; }

    /// <summary>
    /// The logits at the last prompt position, [vocabulary], before any penalty, of several prompts those of the first; null unless
    /// <see cref="GenerationRequest.ReturnPromptLogits"/> asked for them.
    /// </summary>
    public float[]? PromptLogits { get; init; }
}
