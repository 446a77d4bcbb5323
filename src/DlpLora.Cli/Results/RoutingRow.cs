using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;

namespace DlpLora.Cli.Results;

/// <summary>Who chose the mixture of an answer, and which.</summary>
/// <param name="Source"><c>mixture</c> (the row's), <c>adapter</c> (the option's) or <c>router</c>.</param>
/// <param name="Abstained">Whether the router left the prompt to the base.</param>
/// <param name="Adapters">The mixture; probabilities where the router decided.</param>
/// <param name="Microseconds">Time of the decision over the user's text; null where the router was not asked.</param>
/// <param name="Applied">Which mixture computed which tokens of the sequence, when it was more than one.</param>
internal sealed record RoutingRow(
    string Source, bool Abstained, IReadOnlyList<AdapterRow> Adapters, double? Microseconds, IReadOnlyList<AppliedRow>? Applied)
{
    public static RoutingRow? From(GenerationResult result, string source)
    {
        // The answer's first token was computed by the decision over the whole of the user's turn.
        int promptTokens = result.Usage.PromptTokens;
        AppliedMixture start = result.Routing.First(a => a.EndToken >= promptTokens);
        if (start.Origin == MixtureOrigin.Base)
        {
            return null;
        }

        bool changes = result.Routing.Any(a => !a.Mixture.Equals(start.Mixture));
        IReadOnlyList<AppliedRow>? applied = changes ? [.. result.Routing.Select(AppliedRow.From)] : null;
        return start.Decision is { } decision
            ? new RoutingRow(source, decision.Abstained, AdapterRow.From(decision), decision.Microseconds, applied)
            : new RoutingRow(source, false, Weights(start.Mixture), null, applied);
    }

    internal static IReadOnlyList<AdapterRow> Weights(Mixture mixture) => [.. mixture.Adapters.Select(a => new AdapterRow(a.Name, a.Weight, null))];
}
