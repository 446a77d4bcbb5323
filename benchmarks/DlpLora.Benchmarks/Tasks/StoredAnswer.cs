namespace DlpLora.Benchmarks.Tasks;

/// <summary>An answer as it was generated once.</summary>
/// <param name="Key">What it answers and how (<see cref="AnswerSource"/>).</param>
/// <param name="Text">The whole text.</param>
/// <param name="Tokens">Its tokens, end tokens included.</param>
/// <param name="Parts">The answers of the segments where they were answered one by one; else empty.</param>
/// <param name="Mixtures">The mixtures of the answer in their order; of answers one by one also those of their prompts.</param>
internal sealed record StoredAnswer(string Key, string Text, int Tokens, IReadOnlyList<string> Parts, IReadOnlyList<string> Mixtures);
