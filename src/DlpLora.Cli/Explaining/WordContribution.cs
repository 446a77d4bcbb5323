namespace DlpLora.Cli.Explaining;

/// <summary>A word of a text and what it says for the chosen label.</summary>
/// <param name="Start">Its first UTF-16 unit in the text.</param>
/// <param name="End">The unit after its last.</param>
/// <param name="Gain">How many nats the label's log odds against all others fall when the word is left out.</param>
internal sealed record WordContribution(int Start, int End, float Gain);
