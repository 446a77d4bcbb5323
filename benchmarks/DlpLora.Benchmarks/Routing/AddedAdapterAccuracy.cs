using System.Diagnostics;
using System.Globalization;
using DlpLora.Benchmarks.Reporting;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Training;

namespace DlpLora.Benchmarks.Routing;

/// <summary>
/// How well a router knows adapters that were added to it from a few rows, one at a time and all together, and what the labels before lose.
/// </summary>
/// <remarks>
/// Arguments: <c>--data DIR</c>, <c>--examples N</c> (default 10), <c>--seeds N</c> (default 3), <c>--core</c> (the added ones are every third core task
/// instead of those outside the core), <c>--dev</c> (measure on other rows of <c>train.jsonl</c> only, to choose by; nothing is written), <c>--verbose</c>
/// (task by task).
/// </remarks>
internal static class AddedAdapterAccuracy
{
    public static int Run(string[] args)
    {
        BenchmarkArguments arguments = new(args);
        string data = arguments.Value("--data") ?? "../shared/tasks";
        int examples = (int)arguments.Number("--examples", 10);
        int seeds = (int)arguments.Number("--seeds", 3);
        bool development = args.Contains("--dev");
        (string[] trained, string[] added) = AddedAdapterRows.Tasks(data, args.Contains("--core"));
        Dictionary<string, List<Measured>> measured = [];
        List<double> milliseconds = [];
        List<double> outsideBefore = [];
        List<double> outsideAfter = [];
        for (int seed = 1; seed <= seeds; seed++)
        {
            AddedAdapterRows rows = development
                ? AddedAdapterRows.ToChoose(data, trained, added, examples, (ulong)seed)
                : AddedAdapterRows.ToReport(data, trained, added, examples);
            Router router = Train(rows.Training, development ? "dev" : "all", seed);
            Router all = router;
            List<Router> single = [];
            Stopwatch clock = Stopwatch.StartNew();
            foreach ((string task, string[] texts) in rows.Examples)
            {
                all = all.AddAdapter(task, texts);
            }

            milliseconds.Add(clock.Elapsed.TotalMilliseconds / rows.Examples.Count);
            single.AddRange(rows.Examples.Select(e => router.AddAdapter(e.Task, e.Texts)));
            foreach ((string name, RouterExample[] own, RouterExample[] others) in rows.Splits)
            {
                double before = Top1(router, others);
                Note($"{name}, one at a time", Mean([.. single.Select((one, i) => Measure(one, [.. own.Where(r => r.Label == rows.Examples[i].Task)], others, before))]));
                Note($"{name}, all together", Measure(all, own, others, before));
                if (args.Contains("--verbose"))
                {
                    Explain(all, name, own, others);
                }
            }

            outsideBefore.Add(Accepted(router, rows.Outside));
            outsideAfter.Add(Accepted(all, rows.Outside));
        }

        BenchmarkReport report = new("router-add", "Adapters added from examples");
        report.Say(Text(
            $"{added.Length} tasks ({string.Join(", ", added)}) added to a router of {trained.Length} from {examples} rows each; mean of {seeds} routers (seeds 1 to {seeds}). One adapter takes {milliseconds.Average():0} ms. Prompts of no task that get an adapter: {outsideBefore.Average() * 100:0.0} % before, {outsideAfter.Average() * 100:0.0} % with all of them."));
        MarkdownTable table = new("rows", "added: top-1", "worst task", "turned away", "the others lose, points", "least to most");
        foreach ((string name, List<Measured> runs) in measured)
        {
            table.Add(
                name, Percent(runs.Average(r => r.Top1)), Percent(runs.Average(r => r.Lowest)), Percent(runs.Average(r => r.Abstained)),
                Text($"{runs.Average(r => r.Loss) * 100:0.00}"), Text($"{runs.Min(r => r.Loss) * 100:0.00} to {runs.Max(r => r.Loss) * 100:0.00}"));
            report.Keep(
                new Series($"{name}: top-1 of the added", "share", [.. runs.Select(r => r.Top1)]),
                new Series($"{name}: turned away", "share", [.. runs.Select(r => r.Abstained)]),
                new Series($"{name}: loss of the others", "share", [.. runs.Select(r => r.Loss)]));
        }

        report.Keep(
            new Series("prompts of no task that get an adapter, before", "share", outsideBefore),
            new Series("prompts of no task that get an adapter, with all added", "share", outsideAfter),
            new Series("adding an adapter", "ms", milliseconds));
        report.Add(table);
        if (development)
        {
            Console.WriteLine(report);
        }
        else
        {
            report.Write(arguments);
        }

        return 0;

        void Note(string name, Measured result)
        {
            if (!measured.TryGetValue(name, out List<Measured>? list))
            {
                measured.Add(name, list = []);
            }

            list.Add(result);
        }
    }

    /// <summary>Top-1 of the added labels, each task as much as another; how many of their texts get no adapter; what the others lose.</summary>
    private static Measured Measure(Router router, RouterExample[] own, RouterExample[] others, double before)
    {
        if (own.Length == 0)
        {
            return new Measured(double.NaN, double.NaN, double.NaN, before - Top1(router, others));
        }

        double[] top1 = [.. own.GroupBy(r => r.Label).Select(g => Top1(router, [.. g]))];
        double abstained = own.GroupBy(r => r.Label).Average(g => 1 - Accepted(router, [.. g.Select(r => r.Text)]));
        return new Measured(top1.Average(), top1.Min(), abstained, before - Top1(router, others));
    }

    /// <summary>The mean over adapters; a split may have no row of one.</summary>
    private static Measured Mean(Measured[] single)
    {
        Measured[] known = [.. single.Where(m => !double.IsNaN(m.Top1))];
        return new Measured(known.Average(m => m.Top1), known.Min(m => m.Lowest), known.Average(m => m.Abstained), single.Average(m => m.Loss));
    }

    private static void Explain(Router router, string split, RouterExample[] own, RouterExample[] others)
    {
        foreach (IGrouping<string, RouterExample> task in own.GroupBy(r => r.Label))
        {
            Console.WriteLine(Text($"{split}: {task.Key} {Percent(Top1(router, [.. task]))}"));
        }

        IEnumerable<string> taken = others.Select(r => (r.Label, Found: Best(router, r.Text))).Where(p => p.Label != p.Found && own.Any(r => r.Label == p.Found))
            .GroupBy(p => p).OrderByDescending(g => g.Count()).Select(g => $"{g.Key.Label}>{g.Key.Found} {g.Count()}");
        Console.WriteLine($"{split}: taken from others: {string.Join(", ", taken)}");
    }

    private static double Top1(Router router, RouterExample[] rows) => rows.Count(r => Best(router, r.Text) == r.Label) / (double)rows.Length;

    private static double Accepted(Router router, IReadOnlyList<string> texts) => texts.Count(t => !router.Decide(t).Abstained) / (double)Math.Max(texts.Count, 1);

    private static string Best(Router router, string text)
    {
        RoutingDecision decision = router.Decide(text);
        int best = 0;
        for (int i = 1; i < decision.Labels.Count; i++)
        {
            best = decision.Probabilities[i] > decision.Probabilities[best] ? i : best;
        }

        return decision.Labels[best];
    }

    private static Router Train(IReadOnlyList<RouterExample> rows, string name, int seed)
    {
        // Kept for the very code that trained it.
        string code = $"{typeof(Router).Module.ModuleVersionId:N}-{typeof(RouterTrainer).Module.ModuleVersionId:N}";
        string cache = Path.Combine(BenchmarkPaths.Artifacts, "added", code, Text($"router-{name}-{rows.Count}-{seed}.safetensors"));
        if (!File.Exists(cache))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(cache)!);
            RouterTrainer.Train(RouterTrainingData.FromExamples(rows), new RouterTrainingOptions { Seed = (ulong)seed }).Save(cache);
        }

        return Router.Load(cache);
    }

    private static string Percent(double share) => Text($"{share * 100:0.0} %");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <param name="Top1">Of the added labels.</param>
    /// <param name="Lowest">Of the task that is known worst.</param>
    /// <param name="Abstained">The share of the added labels' texts that get no adapter.</param>
    /// <param name="Loss">What the labels before lose, as a share of their rows.</param>
    private readonly record struct Measured(double Top1, double Lowest, double Abstained, double Loss);
}
