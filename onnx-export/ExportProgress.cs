namespace DlpLora.OnnxExport;

/// <summary>How far an export is.</summary>
/// <param name="Step">What is being done, in a few words.</param>
/// <param name="Fraction">From 0 to 1.</param>
public readonly record struct ExportProgress(string Step, double Fraction);
