using System.Globalization;
using System.Text.Json;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Storage;
using DlpLora.Runtime.Training;

namespace DlpLora.Benchmarks.Routing;

/// <summary>Trains routers and prints the accuracy tables of <c>docs/router.md</c>.</summary>
/// <remarks>
/// Arguments: <c>--data DIR</c> (the task folders), <c>--tasks core|all</c>, <c>--seed N</c>, <c>--rows-per-task N</c>, <c>--threads N</c>,
/// <c>--router FILE</c> (measure a trained one), <c>--out FILE</c>, <c>--bayes</c> (the yardstick too), <c>--dev</c> (only splits made of
/// <c>train.jsonl</c>), <c>--speed</c> (time and allocation of a decision, by BenchmarkDotNet), <c>--set name=value</c> (a number of the training recipe, for ablations).
/// </remarks>
public static class RouterAccuracy
{
    public static int Run(string[] args)
    {
        RunOptions run = RunOptions.Parse(args);
        if (run.Speed)
        {
            return RouterDecisionBenchmark.Run();
        }

        string[] tasks = Tasks(run.Data, run.AllTasks);
        RouterTrainingData data = RouterTrainingData.FromFolders(run.Data, tasks, run.RowsPerTask);
        if (run.Development)
        {
            Development(run, tasks);
            return 0;
        }

        Router router;
        if (run.Router is { } path)
        {
            router = Router.Load(path);
        }
        else
        {
            TrainedRouter trained = RouterTrainer.Train(data, run.Options, new ProgressLines());
            router = trained.Router;
            Print($"trained on {data.Examples.Count} rows of {tasks.Length} tasks in {trained.TrainingTime.TotalSeconds:0.0} s, {trained.Epochs} epochs, validation {trained.ValidationAccuracy:P2}");
            if (run.Out is { } file)
            {
                trained.Save(file);
            }
        }

        Print($"router {router.Version}: {router.ParameterCount:N0} numbers, {router.Model.Calibration}");
        NaiveBayes? bayes = run.Bayes ? new NaiveBayes(data, router.Model.Recipe) : null;
        foreach (string split in (string[])["test", "reworded", "bare"])
        {
            IReadOnlyList<RouterExample> rows = RouterEvaluator.ReadRows(router, run.Data, split);
            RouterEvaluation e = RouterEvaluator.Evaluate(router, rows, split);
            Print($"{split,-9} rows {e.Rows,5}  top1 {e.Top1:P2}  top2 {e.Top2:P2}  ECE {e.Ece:0.0000}  abstained {e.Abstained:P2}"
                + (bayes is null ? string.Empty : $"  Naive Bayes {bayes.Accuracy(rows):P2}"));
            if (run.Verbose)
            {
                Print("    " + string.Join(", ", e.PerTask.Where(t => t.Value < 0.99).OrderBy(t => t.Value).Select(t => $"{t.Key} {t.Value:P1}")));
            }

            OutOfDomain(router, run.Data, rows);
        }

        Composite(router, run.Data, run.Verbose);
        return 0;
    }

    internal static void Print(FormattableString text) => Print(text.ToString(CultureInfo.InvariantCulture));

    internal static void Print(string text) => Console.WriteLine(text);

    /// <summary>The core tasks, or all, as the data's index names them.</summary>
    private static string[] Tasks(string data, bool all)
    {
        using JsonDocument index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(data, "index.json")));
        return
        [
            .. index.RootElement.GetProperty("tasks").EnumerateArray()
                .Where(t => all || t.GetProperty("core").GetBoolean())
                .Select(t => t.GetProperty("name").GetString()!),
        ];
    }

    /// <summary>Rows of one template are kept out of training for each task: unseen wordings, without touching the measuring files.</summary>
    private static void Development(RunOptions run, string[] tasks)
    {
        List<RouterExample> train = [];
        List<RouterExample> held = [];
        foreach ((string task, string path) in TaskFolders.Find(run.Data, "train", tasks))
        {
            int number = 0;
            foreach (string line in File.ReadLines(path))
            {
                if (number++ >= (run.RowsPerTask ?? int.MaxValue))
                {
                    break;
                }

                using JsonDocument row = JsonDocument.Parse(line);
                int template = row.RootElement.GetProperty("template").GetInt32();
                RouterExample example = new(row.RootElement.GetProperty("input").GetString()!, task);
                (template == (int)(run.Options.Seed % 3) ? held : train).Add(example);
            }
        }

        RouterTrainingData data = RouterTrainingData.FromExamples(train);
        TrainedRouter trained = RouterTrainer.Train(data, run.Options, run.Verbose ? new ProgressLines() : null);
        List<RouterExample> bare = [];
        for (int label = 0; label < data.Labels.Count; label++)
        {
            List<TextAnatomy> rows = [.. held.Where(r => r.Label == data.Labels[label]).Select(r => TextAnatomy.Split(r.Text, label))];
            WordingFinder.Mark(rows);
            TrainingRandom random = new(1);
            bare.AddRange(rows.Select(r => new RouterExample(ViewSampler.Content(r, ref random), data.Labels[label])));
        }

        RouterEvaluation wordings = RouterEvaluator.Evaluate(trained.Router, held);
        RouterEvaluation contents = RouterEvaluator.Evaluate(trained.Router, bare);
        Print($"dev {run.Changes} seed {run.Options.Seed}: {trained.TrainingTime.TotalSeconds:0.0} s, {trained.Epochs} epochs; unseen wording {wordings.Top1:P2} (ECE {wordings.Ece:0.000}, abstained {wordings.Abstained:P1}), content alone {contents.Top1:P2} (ECE {contents.Ece:0.000}, abstained {contents.Abstained:P1}); {trained.Router.Model.Calibration}");
        OutOfDomain(trained.Router, DevelopmentPrompts.All, held);
        OutOfDomain(trained.Router, DevelopmentPrompts.All, bare);
        if (run.Verbose)
        {
            foreach ((string name, List<RouterExample> rows) in ((string, List<RouterExample>)[])[("wording", held), ("content", bare)])
            {
                Print($"  {name}: " + string.Join(", ", rows
                    .Select(r => (r.Label, Found: Best(trained.Router, r.Text)))
                    .Where(p => p.Label != p.Found)
                    .GroupBy(p => $"{p.Label}>{p.Found}")
                    .OrderByDescending(g => g.Count())
                    .Take(14)
                    .Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Key} {g.Count()}"))));
            }
        }

        if (run.Bayes)
        {
            NaiveBayes bayes = new(data, trained.Router.Model.Recipe);
            Print($"  Naive Bayes: unseen wording {bayes.Accuracy(held):P2}, content alone {bayes.Accuracy(bare):P2}");
        }
    }

    private static string Best(Router router, string text)
    {
        RoutingDecision decision = router.Decide(text);
        return router.Labels.MaxBy(decision.ProbabilityOf)!;
    }

    private static void OutOfDomain(Router router, string data, IReadOnlyList<RouterExample> rows)
    {
        string path = Path.Combine(data, "ood.jsonl");
        if (File.Exists(path))
        {
            OutOfDomain(router, [.. Inputs(path)], rows);
        }
    }

    private static void OutOfDomain(Router router, string[] prompts, IReadOnlyList<RouterExample> rows)
    {
        float[] outside = [.. prompts.Select(t => router.Decide(t).Confidence)];
        float[] inside = [.. rows.Select(r => router.Decide(r.Text).Confidence).Order()];
        double wins = 0;
        foreach (float o in outside)
        {
            foreach (float i in inside)
            {
                wins += i > o ? 1 : i == o ? 0.5 : 0;
            }
        }

        float at95 = inside[(int)(inside.Length * 0.05)];
        Print($"          out of domain: AUROC {wins / ((double)outside.Length * inside.Length):0.0000}, false acceptance at 95 % acceptance {outside.Count(o => o >= at95) / (double)outside.Length:P1}, at the router's threshold {outside.Count(o => o >= router.AbstentionThreshold) / (double)outside.Length:P1}");
    }

    private static void Composite(Router router, string data, bool verbose)
    {
        string path = Path.Combine(data, "composite.jsonl");
        if (!File.Exists(path))
        {
            return;
        }

        int rows = 0;
        int top2 = 0;
        int segments = 0;
        int exact = 0;
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            string text = row.RootElement.GetProperty("input").GetString()!;
            string[] tasks = [.. row.RootElement.GetProperty("tasks").EnumerateArray().Select(t => t.GetString()!)];
            if (!tasks.All(router.Labels.Contains))
            {
                continue;
            }

            rows++;
            RoutingDecision whole = router.Decide(text);
            float[] probabilities = [.. whole.Probabilities];
            string[] best = [.. router.Labels.OrderByDescending(l => whole.ProbabilityOf(l)).Take(2)];
            top2 += tasks.All(best.Contains) ? 1 : 0;
            JsonElement.ArrayEnumerator parts = row.RootElement.GetProperty("segments").EnumerateArray();
            int end = parts.ElementAt(0).GetProperty("end").GetInt32();
            int start = parts.ElementAt(1).GetProperty("start").GetInt32();
            IReadOnlyList<SegmentDecision> found = router.DecideSegments(text, RoutingPolicy.Default);
            bool named = found.Count == 2 && found.Zip(tasks).All(p => !p.First.Decision.Abstained && p.First.Decision.Adapters[0].Name == p.Second);
            segments += named ? 1 : 0;
            bool right = named && found[0].End >= end && found[0].End <= start;
            exact += right ? 1 : 0;
            if (verbose && !right)
            {
                Print($"    {string.Join(" + ", tasks)} border {end}-{start}: {string.Join(" | ", found.Select(f => $"{f.End} {f.Decision}"))}");
            }
        }

        Print($"composite rows {rows}: both in the top 2 {(double)top2 / rows:P1}, exactly both segments {(double)segments / rows:P1}, and the border right {(double)exact / rows:P1}");
    }

    private static IEnumerable<string> Inputs(string path)
    {
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            yield return row.RootElement.GetProperty("input").GetString()!;
        }
    }

    private sealed class ProgressLines : IProgress<RouterTrainingProgress>
    {
        public void Report(RouterTrainingProgress value) => Print(
            $"epoch {value.Epoch,2}: loss {value.Loss:0.0000}, validation {value.ValidationLoss:0.0000} {value.ValidationAccuracy:P2}, {value.Elapsed.TotalSeconds:0.0} s");
    }
}
