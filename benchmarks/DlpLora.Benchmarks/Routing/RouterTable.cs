using System.Diagnostics;
using System.Text.Json;
using DlpLora.Benchmarks.Reporting;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Storage;
using DlpLora.Runtime.Training;

namespace DlpLora.Benchmarks.Routing;

/// <summary>
/// The router's table: every measure as mean and spread over seeds, beside Naive Bayes on words learned from the same rows and, where a
/// file is given, an earlier router. Writes <c>benchmarks/results/router.md</c> and <c>router.json</c>.
/// </summary>
internal static class RouterTable
{
    // Seeds do not matter to it.
    private const string Bayes = "Naive Bayes on words";
    private const string Trained = "router";
    private const int DefaultSeeds = 3;

    private static readonly (string Name, bool All, int? Rows)[] Conditions =
        [("core", false, null), ("all", true, null), ("ten", false, 10), ("fifty", false, 50)];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static int Run(RunOptions run)
    {
        int seeds = run.Seeds ?? DefaultSeeds;
        MeasuringRows rows = new(run.Data);
        FiguresStore store = new(run.Data);
        List<(string Name, Dictionary<string, List<double>> Figures)> columns = [];
        columns.Add((Trained, Gather(Enumerable.Range(1, seeds).SelectMany(seed => Conditions.Select(c => store.Get(
            $"seed-{seed}-{c.Name}", () => Train(run, rows, c, (ulong)seed)))))));
        columns.Add((Bayes, Gather(Conditions.Select(c => store.Get($"bayes-{c.Name}", () => Count(run, rows, c))))));
        if (run.Against is { } file)
        {
            Router earlier = Router.Load(file);
            string name = $"earlier router {earlier.Version}";
            columns.Add((name, Gather([store.Get($"against-{earlier.Version}", () => RouterFigures.Core(earlier, rows, earlier.Labels))])));
        }

        string table = Write(columns);
        string text = $"# Router\n\n{seeds} seeds: mean \u00B1 half the range. {MachineDescription.Describe()}.\n\n{table}";
        AtomicFile.WriteText(Path.Combine(BenchmarkPaths.Results, "router.md"), text);
        AtomicFile.WriteText(
            Path.Combine(BenchmarkPaths.Results, "router.json"),
            JsonSerializer.Serialize(new { machine = MachineDescription.Describe(), seeds, figures = columns.ToDictionary(c => c.Name, c => c.Figures) }, Indented) + "\n");
        RouterAccuracy.Print(string.Empty);
        RouterAccuracy.Print(table);
        return 0;
    }

    private static Dictionary<string, double> Train(RunOptions run, MeasuringRows rows, (string Name, bool All, int? Rows) condition, ulong seed)
    {
        string[] tasks = rows.Tasks(condition.All);
        RouterTrainingData data = RouterTrainingData.FromFolders(run.Data, tasks, condition.Rows);
        long start = Stopwatch.GetTimestamp();
        Router router = RouterTrainer.Train(data, run.Options with { Seed = seed }).Router;
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (condition.Name != "core")
        {
            return RouterFigures.Accuracy(router, rows, tasks, condition.Name);
        }

        Dictionary<string, double> figures = RouterFigures.Core(router, rows, tasks);
        figures["training"] = seconds;
        return figures;
    }

    private static Dictionary<string, double> Count(RunOptions run, MeasuringRows rows, (string Name, bool All, int? Rows) condition)
    {
        string[] tasks = rows.Tasks(condition.All);
        WordBayes bayes = new(RouterTrainingData.FromFolders(run.Data, tasks, condition.Rows));
        return condition.Name == "core"
            ? RouterFigures.Core(bayes, rows, tasks)
            : RouterFigures.Accuracy(bayes, rows, tasks, condition.Name);
    }

    private static Dictionary<string, List<double>> Gather(IEnumerable<Dictionary<string, double>> steps)
    {
        Dictionary<string, List<double>> gathered = new(StringComparer.Ordinal);
        foreach (Dictionary<string, double> step in steps)
        {
            foreach ((string key, double value) in step)
            {
                if (!gathered.TryGetValue(key, out List<double>? values))
                {
                    gathered.Add(key, values = []);
                }

                values.Add(value);
            }
        }

        return gathered;
    }

    private static string Write(List<(string Name, Dictionary<string, List<double>> Figures)> columns)
    {
        MarkdownTable table = new(["measure", .. columns.Select(c => c.Name)]);
        foreach (RouterMeasure measure in RouterMeasure.All)
        {
            table.Add([measure.Title, .. columns.Select(c => c.Figures.TryGetValue(measure.Key, out List<double>? values) ? measure.Unit.Write(values) : "-")]);
        }

        return table.ToString();
    }
}
