namespace DlpLora.Cli.Results;

/// <summary>A word and how many nats of log odds the likeliest label loses without it.</summary>
internal sealed record WordRow(string Word, int Start, int End, float Gain);
