using System.Globalization;
using DlpLora.Benchmarks.Reporting;
using DlpLora.Runtime;
using DlpLora.Runtime.Evaluation.Scoring;
using DlpLora.Runtime.Evaluation.Tasks;

namespace DlpLora.Benchmarks.Tasks;

/// <summary>Scores the stored answers and writes the table.</summary>
internal static class TaskReport
{
    private static readonly string[] Configurations = ["base", "pinned", "routed"];

    public static int Write(TaskSplit[] tasks, DlpLoraEngine engine, int rows)
    {
        if (!tasks.All(t => Configurations.All(c => File.Exists(TaskEvaluation.AnswerFile(c, t.Name)))))
        {
            Console.WriteLine("no report: run the missing configurations first");
            return 0;
        }

        MarkdownTable table = new("task", "rows", "measure", "base", "own adapter pinned", "routed", "BLEU base", "BLEU pinned", "BLEU routed", "routed to its own");
        List<TaskScore[]> all = [];
        int routedRight = 0;
        int total = 0;
        foreach (TaskSplit task in tasks)
        {
            TaskAnswer[][] answers = [.. Configurations.Select(c => TaskEvaluation.Read(c, task))];
            TaskScore[] scores = [.. answers.Select(a => TaskScorer.Score(task.Rows, [.. a.Select(x => x.Text)]))];
            int own = answers[2].Count(a => a.FirstAdapter == task.Name);
            routedRight += own;
            total += task.Rows.Count;
            all.Add(scores);
            bool choice = scores[0].Accuracy is not null;
            table.Add([
                task.Name,
                Number(task.Rows.Count, "0"),
                choice ? "accuracy" : "ROUGE-L",
                .. scores.Select(s => Number(100 * s.Headline, "0.0")),
                .. scores.Select(s => s.Bleu is { } bleu ? Number(bleu, "0.0") : string.Empty),
                $"{own}/{task.Rows.Count}"]);
        }

        AddMean(table, "mean of multiple choice", all.Where(s => s[0].Accuracy is not null));
        AddMean(table, "mean of the others", all.Where(s => s[0].Accuracy is null));
        AddMean(table, "mean of all", all);
        string text =
            $"""
            # Evaluation: base, own adapter, routed

            SmolLM2-135M-Instruct, int4, greedy, the first {rows} rows of each task's `test` split (fewer where a task has fewer), each as one user message through the
            chat template. *Pinned* is the task's own adapter at weight 1; *routed* is the committed router with its defaults, one decision a prompt; where it asks for the own adapter at weight 1,
            the request is the pinned one and shares its answer (the first three rows of each task are answered twice to prove it). Multiple choice is
            scored by a leading letter, else an option's exact text, else the only option that the answer contains; the others by ROUGE-L (no stemming) and corpus
            BLEU (13a), in percent, against the best of the accepted answers.

            Router {engine.Router?.Version}: {routedRight} of {total} rows ({Number(100.0 * routedRight / total, "0.00")} %) went to their own task's adapter first.
            Machine: {MachineDescription.Describe()}.

            {table}
            `dotnet run -c Release --project benchmarks/DlpLora.Benchmarks -- tasks DATA {rows}`

            """;
        File.WriteAllText(Path.Combine(BenchmarkPaths.Root, "docs", "evaluation.md"), text);
        Console.WriteLine(text);
        return 0;
    }

    private static void AddMean(MarkdownTable table, string name, IEnumerable<TaskScore[]> scores)
    {
        TaskScore[][] list = [.. scores];
        if (list.Length == 0)
        {
            return;
        }

        table.Add([
            $"**{name}**",
            string.Empty,
            string.Empty,
            .. Enumerable.Range(0, 3).Select(i => $"**{Number(100 * list.Average(s => s[i].Headline), "0.0")}**"),
            .. Enumerable.Range(0, 3).Select(i => list[0][i].Bleu is null || list.Any(s => s[i].Bleu is null) ? string.Empty : Number(list.Average(s => s[i].Bleu!.Value), "0.0")),
            string.Empty]);
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
