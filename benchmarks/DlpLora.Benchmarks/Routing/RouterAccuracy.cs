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
/// <c>train.jsonl</c>), <c>--full [--seeds N] [--against FILE]</c> (the whole table, see <see cref="RouterTable"/>), <c>--speed</c> (time and allocation of a decision, by BenchmarkDotNet), <c>--set name=value</c> (a number of the training recipe, for ablations).
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

        if (run.Full)
        {
            return RouterTable.Run(run);
        }

        MeasuringRows measuring = new(run.Data);
        string[] tasks = measuring.Tasks(run.AllTasks);
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

            OutOfDomain(router, measuring.Outside, rows);
        }

        Composite(router, measuring, run.Verbose);
        return 0;
    }

    internal static void Print(FormattableString text) => Print(text.ToString(CultureInfo.InvariantCulture));

    internal static void Print(string text) => Console.WriteLine(text);

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

    private static void OutOfDomain(Router router, IReadOnlyList<string> prompts, IReadOnlyList<RouterExample> rows)
    {
        if (prompts.Count == 0)
        {
            return;
        }

        double[] outside = [.. prompts.Select(t => (double)router.Decide(t).Confidence)];
        OutOfDomainFigures found = OutOfDomainFigures.Of(rows.Select(r => (double)router.Decide(r.Text).Confidence), outside);
        Print($"          out of domain: AUROC {found.Auroc:0.0000}, false acceptance at 95 % acceptance {found.FalseAcceptance:P1}, at the router's threshold {outside.Count(o => o >= router.AbstentionThreshold) / (double)outside.Length:P1}");
    }

    private static void Composite(Router router, MeasuringRows measuring, bool verbose)
    {
        if (File.Exists(measuring.Composite))
        {
            CompositeFigures found = CompositeFigures.Of(router, measuring.Composite, verbose ? Print : null);
            Print($"composite rows {found.Rows}: both in the top 2 {found.Top2:P1}, exactly both segments {found.Segments:P1}, and the border right {found.Exact:P1}");
        }
    }

    private sealed class ProgressLines : IProgress<RouterTrainingProgress>
    {
        public void Report(RouterTrainingProgress value) => Print(
            $"epoch {value.Epoch,2}: loss {value.Loss:0.0000}, validation {value.ValidationLoss:0.0000} {value.ValidationAccuracy:P2}, {value.Elapsed.TotalSeconds:0.0} s");
    }
}
