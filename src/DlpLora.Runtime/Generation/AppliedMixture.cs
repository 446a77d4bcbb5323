using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Generation;

/// <summary>The mixture that computed a stretch of the sequence, and why.</summary>
public sealed record AppliedMixture
{
    /// <summary>The mixture; empty for the base.</summary>
    public required Mixture Mixture { get; init; }

    /// <summary>Who chose it.</summary>
    public required MixtureOrigin Origin { get; init; }

    /// <summary>
    /// The router's decision; null where it was not asked. Where it abstained over a turn of which it is sure question by question, the mixture
    /// is the mean of theirs.
    /// </summary>
    public RoutingDecision? Decision { get; init; }

    /// <summary>
    /// The text that the router read for the decision: a sentence or the whole of a user's turn, or the sentences before a switch in the
    /// answer; null where it was not asked.
    /// </summary>
    public string? Text { get; init; }

    /// <summary>How the mixture was brought to a lower rank; null where it computed exactly, as always without <see cref="DlpLoraOptions.MaxMixtureRank"/>.</summary>
    public MixtureCompression? Compression { get; init; }

    /// <summary>The first position of the sequence that it computed; the prompt's first token is 0.</summary>
    public required int FirstToken { get; init; }

    /// <summary>The position after the last one.</summary>
    public required int EndToken { get; init; }
}
