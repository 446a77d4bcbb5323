namespace DlpLora.Cli.Results;

/// <summary>A text's decision and those of its segments, with all that led to them.</summary>
internal sealed record ExplainResult(string Text, string RouterVersion, ExplainedDecision Decision, IReadOnlyList<ExplainedDecision> Segments);
