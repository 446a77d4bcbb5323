using DlpLora.Runtime.Adapters;

namespace DlpLora.Benchmarks.Tasks;

/// <summary>A way to choose the mixture of a question.</summary>
/// <param name="Name">Its name in the tables.</param>
/// <param name="Choose">The mixture for a question.</param>
internal sealed record Configuration(string Name, Func<TaskQuestion, Mixture> Choose);
