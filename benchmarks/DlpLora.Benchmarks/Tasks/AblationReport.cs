using System.Globalization;
using System.Text.Json;
using DlpLora.Benchmarks.Reporting;
using DlpLora.Reports;
using DlpLora.Runtime.Storage;

namespace DlpLora.Benchmarks.Tasks;

/// <summary>Writes what the ablation found: Markdown and JSON into <c>benchmarks/results</c>, charts into <c>docs/images</c>.</summary>
internal static class AblationReport
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    public static void Write(AblationResults results)
    {
        string text =
            $"""
            # Ablation: base, own, wrong and routed adapters; prompt and sentence scope

            {results.Model}, greedy, router {results.Router}; the first {results.Rows} rows of each task's `test` split, {results.Composites} composite prompts,
            {results.Foreign.Prompts} prompts of no task. Scores in percent: right answers of multiple choices, ROUGE-L of the others; the mean of all is the mean over tasks.
            Machine: {results.Machine}.

            ## By mixture
            {Mixtures(results)}
            *Wrong adapter* is another task's, always the same. Unit weight takes the most likely adapter alone, whatever top-p is.

            ## Prompts of two tasks
            The score of a question in a text that answers both: the text is cut at the line ends that suit it best, so no way loses for how it separates
            its answers; *listed* goes by the result's own list of answers. The share is that of the same questions asked alone with their own adapters.

            {Composites(results)}
            ## Prompts of no task
            {results.Foreign.Abstained} of {results.Foreign.Prompts} ({Percent((double)results.Foreign.Abstained / results.Foreign.Prompts)} %) were left to the base; {results.Foreign.Equal} of those answers equal the base's, both generated.

            ## By task
            {ByTask(results)}
            """;
        AtomicFile.WriteText(Path.Combine(BenchmarkPaths.Results, "tasks.md"), text.TrimEnd() + "\n");
        AtomicFile.WriteText(Path.Combine(BenchmarkPaths.Results, "tasks.json"), JsonSerializer.Serialize(results, Json) + "\n");
        Console.WriteLine(text);
        Draw(results);
    }

    private static MarkdownTable Mixtures(AblationResults results)
    {
        MarkdownTable table = new("mixture", "mean of all", "multiple choice", "others", "rows with 0 / 1 / 2 / 3 adapters", "own task's first");
        foreach (ConfigurationResult result in results.Configurations)
        {
            table.Add(
                result.Name,
                Percent(result.Mean),
                Percent(Mean(results, result, choice: true)),
                Percent(Mean(results, result, choice: false)),
                result.Adapters is null ? string.Empty : string.Join(" / ", result.Adapters.Select(Percent)),
                result.Own is { } own ? Percent(own) : string.Empty);
        }

        return table;
    }

    private static MarkdownTable Composites(AblationResults results)
    {
        MarkdownTable table = new("answered", "score", "share", "listed", "two answers listed", "tokens", "mixture changed within the answer");
        foreach (CompositeResult result in results.Composite)
        {
            table.Add(
                result.Name,
                Percent(result.Score),
                Percent(result.Share),
                result.Listed is { } listed ? Percent(listed) : string.Empty,
                result.Both is { } both ? Percent(both) : string.Empty,
                result.Tokens.ToString("0", CultureInfo.InvariantCulture),
                result.Switched is { } switched ? Percent(switched) : string.Empty);
        }

        return table;
    }

    private static MarkdownTable ByTask(AblationResults results)
    {
        string[] shown = ["base", "own adapter", "wrong adapter", "top-1, unit weight", "top-p 0.9, renormalized", "sentence scope, one by one", "sentence scope, together"];
        ConfigurationResult[] columns = [.. results.Configurations.Where(c => shown.Contains(c.Name))];
        MarkdownTable table = new(["task", .. columns.Select(c => c.Name)]);
        for (int i = 0; i < results.Tasks.Count; i++)
        {
            table.Add([results.Tasks[i], .. columns.Select(c => Percent(c.Tasks[i]))]);
        }

        return table;
    }

    private static void Draw(AblationResults results)
    {
        string images = Path.Combine(BenchmarkPaths.Root, "docs", "images");
        Directory.CreateDirectory(images);
        Save("tasks-mixtures.png", new BarChart
        {
            Title = "Mean score of 26 tasks by mixture",
            Description = "Mean score over the tasks in percent: base, own adapter, wrong adapter, routed mixtures, sentence scope.",
            YLabel = "score, %",
            From = 0,
            Categories = [.. results.Configurations.Select(c => c.Name)],
            Series = [new BarSeries("mean of all tasks", [.. results.Configurations.Select(c => Spread.Exact(100 * c.Mean))])],
            NumberFormat = "0.0",
        });
        Save("composite-ways.png", new BarChart
        {
            Title = "Prompts of two tasks: score by the way of answering",
            Description = "Mean score of a question of a composite prompt as a share of the same question asked alone with its own adapter.",
            YLabel = "share of asked alone, %",
            From = 0,
            Reference = 100,
            Categories = [.. results.Composite.Skip(1).Select(c => c.Name)],
            Series = [new BarSeries("share", [.. results.Composite.Skip(1).Select(c => Spread.Exact(100 * c.Share))])],
            NumberFormat = "0.0",
        });

        void Save(string name, Chart chart)
        {
            byte[] png = chart.ToPng();
            AtomicFile.Write(Path.Combine(images, name), stream => stream.Write(png));
        }
    }

    private static double Mean(AblationResults results, ConfigurationResult result, bool choice) =>
        result.Tasks.Where((_, i) => results.Choice[i] == choice).DefaultIfEmpty().Average();

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);
}
