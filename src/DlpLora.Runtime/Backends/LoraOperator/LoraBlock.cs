namespace DlpLora.Runtime.Backends.LoraOperator;

/// <summary>The columns of B that one block of rows writes.</summary>
/// <param name="Column">The first one.</param>
/// <param name="Width">How many.</param>
internal readonly record struct LoraBlock(int Column, int Width);
