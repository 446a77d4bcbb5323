using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Generation;

/// <summary>The answer to one question of a prompt that was answered one by one.</summary>
public sealed record SegmentAnswer
{
    /// <summary>Where the question begins in the last user turn's text, in UTF-16 units.</summary>
    public required int Start { get; init; }

    /// <summary>The unit after its last one; the next question starts here.</summary>
    public required int End { get; init; }

    /// <summary>The answer, as it stands in <see cref="GenerationResult.Text"/>; null where the model folder has no tokenizer.</summary>
    public required string? Text { get; init; }

    /// <summary>The mixture that answered; empty for the base.</summary>
    public required Mixture Mixture { get; init; }

    /// <summary>The router's decision over the question.</summary>
    public required RoutingDecision Decision { get; init; }

    /// <summary>Why the answer ended.</summary>
    public required FinishReason FinishReason { get; init; }

    /// <summary>Tokens of the question's prompt, those of the template and of earlier turns included.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Tokens of the answer, the end token included.</summary>
    public required int CompletionTokens { get; init; }
}
