namespace DlpLora.Cli.Results;

/// <summary>A line of <c>dlplora route</c>.</summary>
internal sealed record RouteResult(
    string Text, bool Abstained, IReadOnlyList<AdapterRow> Adapters, double Microseconds, IReadOnlyList<SegmentRow>? Segments);
