namespace DlpLora.OnnxExport;

/// <summary>One thing that keeps a source from being exported.</summary>
/// <param name="Path">The file or folder.</param>
/// <param name="Place">Where in it: a tensor's name, a key, a byte.</param>
/// <param name="Problem">What was found and what was expected.</param>
public sealed record ExportFinding(string Path, string Place, string Problem);
