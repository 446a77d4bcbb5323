namespace DlpLora.Runtime.Routing;

/// <summary>Neighbouring sentences that want the same mixture, and the decision for them.</summary>
/// <param name="Start">The first UTF-16 unit.</param>
/// <param name="End">The unit after the last one; the next segment starts here.</param>
/// <param name="Decision">The decision over the segment's whole text.</param>
public sealed record SegmentDecision(int Start, int End, RoutingDecision Decision);
