using DlpLora.Runtime.Generation;

namespace DlpLora.Cli.Results;

/// <summary>The mixture that computed the tokens from <c>first_token</c> to before <c>end_token</c> of the sequence.</summary>
internal sealed record AppliedRow(int FirstToken, int EndToken, bool Abstained, IReadOnlyList<AdapterRow> Adapters, CompressionRow? Compression, string? Text)
{
    public static AppliedRow From(AppliedMixture applied) => new(
        applied.FirstToken,
        applied.EndToken,
        RoutingRow.IsAbstained(applied),
        RoutingRow.AdaptersOf(applied),
        CompressionRow.From(applied.Compression),
        applied.Text);
}
