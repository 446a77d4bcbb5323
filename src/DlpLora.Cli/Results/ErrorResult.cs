namespace DlpLora.Cli.Results;

/// <summary>A row that could not be answered.</summary>
internal sealed record ErrorResult(string? Id, string Error);
