using System.Text.Json;
using DlpLora.Runtime.Evaluation.Tasks;

namespace DlpLora.Benchmarks.Tasks;

/// <summary>What the ablation asks.</summary>
/// <param name="Tasks">The tasks that have an adapter, each with its first test rows.</param>
/// <param name="Composites">Prompts of two tasks.</param>
/// <param name="Foreign">Prompts that belong to no task.</param>
internal sealed record AblationData(
    IReadOnlyList<(string Task, TaskQuestion[] Questions)> Tasks, IReadOnlyList<CompositePrompt> Composites, IReadOnlyList<string> Foreign)
{
    /// <summary>The other task whose adapter stands for a wrong one: half the tasks further on, so seldom of the same kind.</summary>
    public string WrongFor(int task) => Tasks[(task + (Tasks.Count / 2)) % Tasks.Count].Task;

    public static AblationData Read(AblationOptions options, IReadOnlyCollection<string> adapters)
    {
        TaskSplit[] splits = [.. TaskData.Read(options.Data, "test").Where(t => adapters.Contains(t.Name))];
        Dictionary<string, TaskQuestion> byId = splits.SelectMany(s => s.Rows, (s, row) => new TaskQuestion(s.Name, row)).ToDictionary(q => q.Row.Id);
        return new AblationData(
            [.. splits.Select(s => (s.Name, s.Rows.Take(options.Rows).Select(r => byId[r.Id]).ToArray()))],
            [.. CompositePrompt.Read(Path.Combine(options.Data, "composite.jsonl"), byId).Take(options.Composites)],
            [.. File.ReadLines(Path.Combine(options.Data, "ood.jsonl")).Select(ReadInput)]);
    }

    private static string ReadInput(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        return document.RootElement.GetProperty("input").GetString()!;
    }
}
