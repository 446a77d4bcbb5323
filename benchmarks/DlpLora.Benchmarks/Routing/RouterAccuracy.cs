using System.Globalization;
using DlpLora.Runtime.Routing;
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
    /// <summary>One content of the tasks not trained in as many is enough to measure by.</summary>
    private const int OthersEvery = 4;

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
            string[] otherTasks = [.. measuring.Tasks(all: true).Except(tasks)];
            if (run.Seeds is { } draws)
            {
                DevelopmentTable.Run(run, draws, tasks, otherTasks);
            }
            else
            {
                Development(run, tasks, otherTasks);
            }

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

    /// <summary>Trains and measures on <see cref="DevelopmentRows"/>, without touching the measuring files.</summary>
    private static void Development(RunOptions run, string[] tasks, string[] otherTasks)
    {
        DevelopmentRows rows = new(run.Data, tasks, run.Options.Seed, run.RowsPerTask);
        DevelopmentRows others = new(run.Data, otherTasks, run.Options.Seed, rowsPerTask: null);
        RouterTrainingData data = RouterTrainingData.FromExamples(rows.Training);
        TrainedRouter trained = RouterTrainer.Train(data, run.Options, run.Verbose ? new ProgressLines() : null);
        NaiveBayes? bayes = run.Bayes ? new NaiveBayes(data, trained.Router.Model.Recipe) : null;
        Print($"dev {run.Changes} seed {run.Options.Seed}: {trained.TrainingTime.TotalSeconds:0.0} s, {trained.Epochs} epochs; {trained.Router.Model.Calibration}");
        foreach ((string name, List<RouterExample> measured) in ((string, List<RouterExample>)[])
            [("unseen rows", rows.SeenWordings), ("unseen wording", rows.NewWordings), ("own wordings", rows.OwnWordings), ("content alone", rows.Contents)])
        {
            RouterEvaluation e = RouterEvaluator.Evaluate(trained.Router, measured);
            Print($"  {name,-14} {e.Rows,5} rows {e.Top1:P2} (ECE {e.Ece:0.000}, abstained {e.Abstained:P1})"
                + (bayes is null ? string.Empty : $", Naive Bayes {bayes.Accuracy(measured):P2}"));
            Print("          against prompts, near prompts, contents of other tasks:");
            OutOfDomain(trained.Router, DevelopmentPrompts.All, measured);
            OutOfDomain(trained.Router, NearPrompts.All, measured);
            OutOfDomain(trained.Router, [.. others.Contents.Where((_, i) => i % OthersEvery == 0).Select(r => r.Text)], measured);
            if (run.Verbose)
            {
                Print("    " + string.Join(", ", measured
                    .Select(r => (r.Label, Found: Best(trained.Router, r.Text)))
                    .Where(p => p.Label != p.Found)
                    .GroupBy(p => $"{p.Label}>{p.Found}")
                    .OrderByDescending(g => g.Count())
                    .Take(14)
                    .Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Key} {g.Count()}"))));
            }
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
