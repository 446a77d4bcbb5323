namespace DlpLora.Reports;

/// <summary>What a classifier found for one text.</summary>
/// <param name="Text">The text.</param>
/// <param name="Right">The right label.</param>
/// <param name="Found">The most likely label.</param>
/// <param name="Probability">Its probability, 0 to 1.</param>
/// <param name="Abstained">Whether the classifier preferred not to answer.</param>
public readonly record struct ClassifierOutcome(string Text, string Right, string Found, double Probability, bool Abstained);
