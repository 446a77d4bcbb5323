using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Generation;

/// <summary>A mixture, who chose it, and what the router read for it.</summary>
internal sealed record PlannedMixture(Mixture Mixture, MixtureOrigin Origin, RoutingDecision? Decision = null, string? Text = null)
{
    public static PlannedMixture Base { get; } = new(Mixture.Empty, MixtureOrigin.Base);

    public AppliedMixture Over(int firstToken, int endToken) => new()
    {
        Mixture = Mixture,
        Origin = Origin,
        Decision = Decision,
        Text = Text,
        FirstToken = firstToken,
        EndToken = endToken,
    };
}
