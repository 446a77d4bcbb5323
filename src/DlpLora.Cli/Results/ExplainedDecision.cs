namespace DlpLora.Cli.Results;

/// <summary>Why one text, or a segment of it, got what it got: UTF-16 offsets, <c>end</c> exclusive.</summary>
internal sealed record ExplainedDecision(
    int Start,
    int End,
    bool Abstained,
    string Reason,
    float Confidence,
    float Threshold,
    double Microseconds,
    IReadOnlyList<AdapterRow> Adapters,
    IReadOnlyList<LabelRow> Labels,
    IReadOnlyList<WordRow> Words);
