namespace DlpLora.Benchmarks.Tasks;

/// <summary>What a way of answering scored on the tasks' rows.</summary>
/// <param name="Name">The way.</param>
/// <param name="Tasks">The mean score of each task, 0 to 1, in the order of the tasks.</param>
/// <param name="Adapters">The share of rows answered with so many adapters: none, one, two, three or more; null where that changes within an answer.</param>
/// <param name="Own">The share of rows whose first adapter is the task's own; null as above.</param>
internal sealed record ConfigurationResult(string Name, IReadOnlyList<double> Tasks, IReadOnlyList<double>? Adapters, double? Own)
{
    public double Mean => Tasks.Average();
}
