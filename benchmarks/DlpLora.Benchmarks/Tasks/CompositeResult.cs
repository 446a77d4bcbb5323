namespace DlpLora.Benchmarks.Tasks;

/// <summary>What a way of answering scored on composite prompts.</summary>
/// <param name="Name">The way.</param>
/// <param name="Score">The mean score of a question, 0 to 1, in the whole text cut where it suits best.</param>
/// <param name="Listed">The same by the result's own list of answers; null where the way has none.</param>
/// <param name="Share">Score as a share of what the same questions score alone with their own adapters.</param>
/// <param name="Both">The share of prompts with as many listed answers as questions; null where the way has no list.</param>
/// <param name="Tokens">Mean tokens of an answer.</param>
/// <param name="Switched">The share of answers whose mixture changed on the way; null where it cannot.</param>
internal sealed record CompositeResult(string Name, double Score, double? Listed, double Share, double? Both, double Tokens, double? Switched);
