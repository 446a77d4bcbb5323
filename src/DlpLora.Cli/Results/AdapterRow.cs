using DlpLora.Runtime.Routing;

namespace DlpLora.Cli.Results;

/// <summary>An adapter of a decision, as scripts read it.</summary>
internal sealed record AdapterRow(string Name, float Weight, float? Probability)
{
    public static IReadOnlyList<AdapterRow> From(RoutingDecision decision) =>
        [.. decision.Adapters.Select(a => new AdapterRow(a.Name, a.Weight, a.Probability))];
}
