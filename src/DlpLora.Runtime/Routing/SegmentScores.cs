namespace DlpLora.Runtime.Routing;

/// <summary>The units of a text and, for every run [i, j) of them, the log probability of its likeliest label and that label.</summary>
/// <param name="Units">Sentences, or groups of them.</param>
/// <param name="Gains">[n, n + 1].</param>
/// <param name="Labels">[n, n + 1].</param>
internal sealed record SegmentScores(List<SentenceRange> Units, float[,] Gains, int[,] Labels);
