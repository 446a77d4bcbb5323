using DlpLora.Runtime.Generation;

namespace DlpLora.Benchmarks.Tasks;

/// <summary>A request whose answer is stored.</summary>
/// <param name="Way">All that the answer depends on but prompt and length: a mixture's content, or the router and how it is asked.</param>
/// <param name="Request">The request, of one user's message.</param>
internal sealed record AnswerRequest(string Way, GenerationRequest Request);
