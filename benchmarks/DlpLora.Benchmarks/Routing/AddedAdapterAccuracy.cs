using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Storage;
using DlpLora.Runtime.Training;

namespace DlpLora.Benchmarks.Routing;

/// <summary>
/// How well a router knows adapters that were added to it from their first rows, one at a time and all together, and what the labels before lose.
/// </summary>
/// <remarks>
/// Arguments: <c>--data DIR</c>, <c>--examples N</c> (default 10), <c>--seeds N</c> (default 3), <c>--added a,b</c> (default the tasks outside the
/// core), <c>--core</c> (the added ones are every third core task instead), <c>--dev</c> (measure on other rows of <c>train.jsonl</c> only: those of the
/// same wordings, and those of a wording that no example had).
/// </remarks>
public static class AddedAdapterAccuracy
{
    public static int Run(string[] args)
    {
        BenchmarkArguments arguments = new(args);
        string data = arguments.Value("--data") ?? "../shared/tasks";
        int examples = (int)arguments.Number("--examples", 10);
        int seeds = (int)arguments.Number("--seeds", 3);
        bool development = args.Contains("--dev");
        (string[] trained, string[] added) = Tasks(data, args.Contains("--core"));
        Dictionary<string, List<Split>> measured = [];
        for (int seed = 1; seed <= seeds; seed++)
        {
            Router router = Train(data, trained, seed);
            Dictionary<string, List<string>> first = added.ToDictionary(t => t, t => Rows(data, t, "train").Where(r => !development || r.Template != 0).Take(examples).Select(r => r.Text).ToList());
            string[] splits = development ? ["train", "wording"] : ["test", "reworded", "bare"];
            foreach (string split in splits)
            {
                Dictionary<string, string[]> own = added.ToDictionary(t => t, t => Texts(data, t, split, first[t]));
                Dictionary<string, string[]> others = trained.ToDictionary(t => t, t => development ? Texts(data, t, "train", []).TakeLast(60).ToArray() : Texts(data, t, split, []));
                Measure(router, split, first, own, others, measured, args.Contains("--verbose") && seed == 1);
            }
        }

        foreach ((string name, List<Split> runs) in measured)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-22} added {runs.Average(r => r.Accuracy):P2}  lowest {runs.Min(r => r.Lowest):P1}  accepted {runs.Average(r => r.Accepted):P2}  others lose {runs.Average(r => r.Loss) * 100:0.00} points  add {runs.Average(r => r.Milliseconds):0.0} ms"));
        }

        return 0;
    }

    private static void Measure(
        Router router,
        string split,
        Dictionary<string, List<string>> examples,
        Dictionary<string, string[]> own,
        Dictionary<string, string[]> others,
        Dictionary<string, List<Split>> measured,
        bool verbose)
    {
        double before = Accuracy(router, others);
        List<double> accuracies = [];
        List<double> losses = [];
        List<double> accepted = [];
        Router all = router;
        Stopwatch clock = new();
        foreach ((string task, List<string> texts) in examples)
        {
            clock.Start();
            Router one = router.AddAdapter(task, texts);
            clock.Stop();
            all = all.AddAdapter(task, texts);
            if (own[task].Length == 0)
            {
                continue;
            }

            accuracies.Add(own[task].Count(t => Best(one, t) == task) / (double)own[task].Length);
            accepted.Add(own[task].Count(t => !one.Decide(t).Abstained) / (double)own[task].Length);
            losses.Add(before - Accuracy(one, others));
            if (verbose)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {split} {task}: {accuracies[^1]:P1} accepted {accepted[^1]:P1} loss {losses[^1] * 100:0.00}; all: {string.Join(", ", own[task].Select(t => Best(one, t)).Where(t => t != task).GroupBy(t => t).OrderByDescending(g => g.Count()).Take(4).Select(g => $"{g.Key} {g.Count()}"))}"));
            }
        }

        double milliseconds = clock.Elapsed.TotalMilliseconds / examples.Count;
        Note($"{split}, one at a time", new Split(accuracies.Average(), accuracies.Min(), accepted.Average(), losses.Average(), milliseconds));
        double[] together = [.. own.Where(t => t.Value.Length > 0).Select(t => t.Value.Count(x => Best(all, x) == t.Key) / (double)t.Value.Length)];
        double taken = own.Where(t => t.Value.Length > 0).Average(t => t.Value.Count(x => !all.Decide(x).Abstained) / (double)t.Value.Length);
        if (verbose)
        {
            Console.WriteLine($"  {split} others lost: {string.Join(", ", others.SelectMany(t => t.Value.Select(x => (t.Key, Found: Best(all, x)))).Where(p => p.Key != p.Found && own.ContainsKey(p.Found)).GroupBy(p => p).OrderByDescending(g => g.Count()).Select(g => $"{g.Key.Key}>{g.Key.Found} {g.Count()}"))}");
        }

        Note($"{split}, all together", new Split(together.Average(), together.Min(), taken, before - Accuracy(all, others), milliseconds));

        void Note(string name, Split result)
        {
            if (!measured.TryGetValue(name, out List<Split>? list))
            {
                measured.Add(name, list = []);
            }

            list.Add(result);
        }
    }

    private static double Accuracy(Router router, Dictionary<string, string[]> rows) =>
        rows.Sum(t => t.Value.Count(x => Best(router, x) == t.Key)) / (double)rows.Sum(t => t.Value.Length);

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

    private static Router Train(string data, string[] tasks, int seed)
    {
        // Kept for the very code that trained it.
        string code = $"{typeof(Router).Module.ModuleVersionId:N}-{typeof(RouterTrainer).Module.ModuleVersionId:N}";
        string cache = Path.Combine(BenchmarkPaths.Root, "artifacts", "added", code, $"router-{tasks.Length}-{seed}.safetensors");
        if (!File.Exists(cache))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(cache)!);
            RouterTrainer.Train(RouterTrainingData.FromFolders(data, tasks), new RouterTrainingOptions { Seed = (ulong)seed }).Save(cache);
        }

        return Router.Load(cache);
    }

    private static (string[] Trained, string[] Added) Tasks(string data, bool core)
    {
        using JsonDocument index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(data, "index.json")));
        (string Name, bool Core)[] tasks = [.. index.RootElement.GetProperty("tasks").EnumerateArray().Select(t => (t.GetProperty("name").GetString()!, t.GetProperty("core").GetBoolean()))];
        string[] inside = [.. tasks.Where(t => t.Core).Select(t => t.Name)];
        return core
            ? ([.. inside.Where((_, i) => i % 3 != 1)], [.. inside.Where((_, i) => i % 3 == 1)])
            : (inside, [.. tasks.Where(t => !t.Core).Select(t => t.Name)]);
    }

    private static string[] Texts(string data, string task, string split, List<string> examples) => split switch
    {
        "train" => [.. Rows(data, task, "train").Where(r => examples.Count == 0 || r.Template != 0).Select(r => r.Text).Where(t => !examples.Contains(t)).TakeLast(200)],
        "wording" => [.. Rows(data, task, "train").Where(r => r.Template == 0).Select(r => r.Text).TakeLast(200)],
        _ => [.. Rows(data, task, split).Select(r => r.Text)],
    };

    private static IEnumerable<(string Text, int Template)> Rows(string data, string task, string split)
    {
        if (TaskFolders.Find(data, split).FirstOrDefault(t => t.Task == task).Path is not { } path)
        {
            yield break;
        }

        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            yield return (row.RootElement.GetProperty("input").GetString()!, row.RootElement.TryGetProperty("template", out JsonElement t) ? t.GetInt32() : 0);
        }
    }

    private readonly record struct Split(double Accuracy, double Lowest, double Accepted, double Loss, double Milliseconds);
}
