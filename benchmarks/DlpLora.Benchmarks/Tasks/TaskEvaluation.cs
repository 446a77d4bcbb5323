using System.Diagnostics;
using System.Text.Json;
using DlpLora.OnnxExport;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Evaluation.Tasks;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Templates;

namespace DlpLora.Benchmarks.Tasks;

/// <summary>
/// Answers test rows of every task with the base, with the task's own adapter pinned, and routed by the text; the answers go to
/// <c>artifacts/evaluation</c>, the scores to <c>docs/evaluation.md</c>.
/// </summary>
internal static class TaskEvaluation
{
    private const int ChoiceTokens = 32;
    private const int TextTokens = 96;

    /// <summary>Rows of each task whose routed answer is computed even where it must equal the pinned one.</summary>
    private const int ProvenRows = 3;

    /// <summary>Runs the evaluation.</summary>
    /// <param name="args"><c>DATA [ROWS [pinned,base,routed]]</c>: the task folders, rows a task (60), configurations (all).</param>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Length == 0)
        {
            Console.Error.WriteLine("usage: tasks DATA [ROWS [pinned,base,routed]]");
            return 2;
        }

        int rows = args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 60;
        string[] configurations = args.Length > 2 ? args[2].Split(',') : ["pinned", "base", "routed"];
        string model = Path.Combine(BenchmarkPaths.GeneratedModels, "smollm2-int4");
        ModelExporter.ExportIfStale(BenchmarkPaths.Gguf, model, new ExportOptions());
        await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(
            model,
            new DlpLoraOptions { AdapterFolder = BenchmarkPaths.Adapters, RouterFile = BenchmarkPaths.Router }).ConfigureAwait(false);
        TaskSplit[] tasks = [.. TaskData.Read(args[0], "test", rows).Where(t => engine.Adapters.Contains(t.Name))];
        foreach (string configuration in configurations)
        {
            await AnswerAsync(engine, tasks, configuration).ConfigureAwait(false);
        }

        return TaskReport.Write(tasks, engine, rows);
    }

    /// <summary>Where the answers of a configuration lie, one task a file.</summary>
    public static string AnswerFile(string configuration, string task) =>
        Path.Combine(BenchmarkPaths.Root, "artifacts", "evaluation", configuration, $"{task}.jsonl");

    /// <summary>The stored answers of a configuration.</summary>
    public static TaskAnswer[] Read(string configuration, TaskSplit task)
    {
        string file = AnswerFile(configuration, task.Name);
        TaskAnswer[] answers = File.Exists(file) ? [.. File.ReadLines(file).Select(l => JsonSerializer.Deserialize<TaskAnswer>(l)!)] : [];
        return answers.Select(a => a.Id).SequenceEqual(task.Rows.Select(r => r.Id))
            ? answers
            : throw new InvalidFileException(file, string.Empty, "is missing or was made from other rows; run this configuration first");
    }

    /// <summary>Whether the router asks for the task's own adapter at weight 1: then the routed request is the pinned one.</summary>
    private static bool IsPinned(DlpLoraEngine engine, TaskRow row, string task) =>
        engine.Router!.Decide(row.Input, RoutingPolicy.Default with { Registered = engine.Adapters.Names.ToHashSet() }).ToMixture().Equals(Mixture.Of(task));

    private static async Task AnswerAsync(DlpLoraEngine engine, TaskSplit[] tasks, string configuration)
    {
        long start = Stopwatch.GetTimestamp();
        foreach (TaskSplit task in tasks)
        {
            List<TaskAnswer> answers = [];
            TaskAnswer[] pinned = configuration == "routed" ? Read("pinned", task) : [];
            for (int i = 0; i < task.Rows.Count; i++)
            {
                TaskRow row = task.Rows[i];
                bool asPinned = configuration == "routed" && IsPinned(engine, row, task.Name);
                if (asPinned && i >= ProvenRows)
                {
                    answers.Add(pinned[i]);
                    continue;
                }

                GenerationResult result = await engine.GenerateAsync(new GenerationRequest
                {
                    Messages = [new ChatMessage("user", row.Input)],
                    Mixture = configuration switch { "base" => Mixture.Empty, "pinned" => Mixture.Of(task.Name), _ => null },
                    RoutingScope = configuration == "sentence" ? RoutingScope.Sentence : RoutingScope.Prompt,
                    MaxTokens = row.Choices is null ? TextTokens : ChoiceTokens,
                }).ConfigureAwait(false);
                AppliedMixture applied = result.Routing[^1];
                if (asPinned && result.Text != pinned[i].Text)
                {
                    throw new InvalidOperationException($"{row.Id}: the same mixture gave two answers, pinned and routed.");
                }

                answers.Add(new TaskAnswer(
                    row.Id,
                    result.Text ?? string.Empty,
                    applied.Mixture.ToString(),
                    applied.Mixture.Adapters.Count,
                    applied.Mixture.Adapters.OrderByDescending(a => a.Weight).FirstOrDefault().Name,
                    applied.Decision?.Microseconds ?? 0,
                    result.Usage.PrefillTime.TotalMilliseconds,
                    result.Usage.DecodeTime.TotalMilliseconds,
                    result.Usage.PromptTokens,
                    result.Usage.CompletionTokens));
            }

            string file = AnswerFile(configuration, task.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllLinesAsync(file, answers.Select(a => JsonSerializer.Serialize(a))).ConfigureAwait(false);
            Console.WriteLine($"{configuration,-8} {task.Name,-28} {task.Rows.Count} rows, {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        }
    }
}
