namespace DlpLora.Runtime.Training;

/// <summary>What a router found for one row with a known label.</summary>
/// <param name="Text">The row's text.</param>
/// <param name="Label">The right label.</param>
/// <param name="Found">The label with the highest score, whether or not the router abstains.</param>
/// <param name="Runner">The label with the second highest score; the first again where there is one label alone.</param>
/// <param name="Probability">The calibrated probability of the found label, 0 to 1.</param>
/// <param name="Abstained">Whether the router abstains.</param>
public readonly record struct RouterOutcome(string Text, string Label, string Found, string Runner, double Probability, bool Abstained);
