using DlpLora.Runtime.Routing;

namespace DlpLora.Cli.Results;

/// <summary>A segment of a routed text: UTF-16 offsets, <c>end</c> exclusive.</summary>
internal sealed record SegmentRow(int Start, int End, bool Abstained, IReadOnlyList<AdapterRow> Adapters)
{
    public static SegmentRow From(SegmentDecision segment) =>
        new(segment.Start, segment.End, segment.Decision.Abstained, AdapterRow.From(segment.Decision));
}
