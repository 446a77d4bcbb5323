using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;

namespace DlpLora.Cli.Results;

/// <summary>Who chose the mixture of an answer, and which.</summary>
/// <param name="Source"><c>mixture</c> (the row's), <c>adapter</c> (the option's) or <c>router</c>.</param>
/// <param name="Abstained">Whether the router left the prompt to the base.</param>
/// <param name="Adapters">The mixture; probabilities where the router decided.</param>
/// <param name="Microseconds">Time of the decision over the user's text; null where the router was not asked.</param>
/// <param name="Compression">How the mixture was brought to a lower rank; null where it computed exactly.</param>
/// <param name="Applied">Which mixture computed which tokens of the sequence, when it was more than one.</param>
internal sealed record RoutingRow(
    string Source, bool Abstained, IReadOnlyList<AdapterRow> Adapters, double? Microseconds, CompressionRow? Compression, IReadOnlyList<AppliedRow>? Applied)
{
    public static RoutingRow? From(GenerationResult result, string source)
    {
        // The answer's first token was computed by the decision over the whole of the user's turn, or over its first question.
        int promptTokens = result.Answers.Count > 0 ? result.Answers[0].PromptTokens : result.Usage.PromptTokens;
        AppliedMixture start = result.Routing.First(a => a.EndToken >= promptTokens);
        if (start.Origin == MixtureOrigin.Base)
        {
            return null;
        }

        bool changes = result.Routing.Any(a => !a.Mixture.Equals(start.Mixture));
        IReadOnlyList<AppliedRow>? applied = changes ? [.. result.Routing.Select(AppliedRow.From)] : null;
        return new RoutingRow(source, IsAbstained(start), AdaptersOf(start), start.Decision?.Microseconds, CompressionRow.From(start.Compression), applied);
    }

    /// <summary>Whether the router left it to the base.</summary>
    internal static bool IsAbstained(AppliedMixture applied) => applied.Mixture.IsEmpty && applied.Decision is { Abstained: true };

    /// <summary>The mixture; with the decision's probabilities where it is the decision's.</summary>
    internal static IReadOnlyList<AdapterRow> AdaptersOf(AppliedMixture applied) =>
        applied.Decision is { Abstained: false } decision ? AdapterRow.From(decision) : Weights(applied.Mixture);

    private static IReadOnlyList<AdapterRow> Weights(Mixture mixture) => [.. mixture.Adapters.Select(a => new AdapterRow(a.Name, a.Weight, null))];
}
