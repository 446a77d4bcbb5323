namespace DlpLora.Benchmarks.Tasks;

/// <summary>What became of prompts that belong to no task.</summary>
/// <param name="Prompts">How many there are.</param>
/// <param name="Abstained">How many the router left to the base.</param>
/// <param name="Equal">Of those, how many routed answers, really generated, equal the base's.</param>
internal sealed record ForeignResult(int Prompts, int Abstained, int Equal);
