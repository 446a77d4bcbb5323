namespace DlpLora.Runtime.Backends.AttentionOperator;

/// <summary>What one thread computes at a time: neighbouring query rows of one key/value head.</summary>
/// <param name="Row">The row of the batch.</param>
/// <param name="Head">The key/value head.</param>
/// <param name="First">The first query row.</param>
/// <param name="Count">How many.</param>
internal readonly record struct AttentionUnit(int Row, int Head, int First, int Count);
