using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Generation;

/// <summary>A prompt as tokens, with the mixture for each stretch of it and for the answer's start.</summary>
/// <param name="Ids">The tokens, at least one.</param>
/// <param name="Parts">The mixtures of the prompt, without gaps, in order.</param>
/// <param name="Answer">The mixture that the answer begins with.</param>
/// <param name="Rerouting">How the answer is routed further at the ends of its sentences; null when it is not.</param>
internal sealed record PreparedPrompt(int[] Ids, IReadOnlyList<AppliedMixture> Parts, PlannedMixture Answer, AnswerRouting? Rerouting)
{
    /// <summary>The question of the last user turn that the prompt asks; null where it asks the whole turn.</summary>
    public SegmentDecision? Question { get; init; }

    /// <summary>The mixtures of the prompt's parts.</summary>
    public Mixture[] Mixtures { get; } = [.. Parts.Select(p => p.Mixture)];
}
