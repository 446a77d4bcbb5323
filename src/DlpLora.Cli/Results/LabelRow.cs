namespace DlpLora.Cli.Results;

/// <summary>A label of the router with its score and its probability.</summary>
internal sealed record LabelRow(string Name, float Score, float Probability);
