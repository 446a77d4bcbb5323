using System.Globalization;
using DlpLora.Benchmarks.Reporting;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Training;

namespace DlpLora.Benchmarks.Routing;

/// <summary>
/// A change of the training beside the training as it is, over the same draws: what is kept out of <c>train.jsonl</c>, the labels' order and the training's
/// seed are another in every draw and the same on both sides, so that the differences are paired. Nothing of the measuring files is read.
/// </summary>
internal static class DevelopmentTable
{
    /// <summary>One content of the tasks not trained in as many is enough to measure by.</summary>
    private const int OthersEvery = 4;

    private static readonly RouterMeasure[] Measures =
    [
        new("rows", "unseen rows", MeasureUnit.Percent),
        new("wording", "unseen wording", MeasureUnit.Percent),
        new("own", "own wordings", MeasureUnit.Percent),
        new("own.worst", "own wordings, worst task", MeasureUnit.Percent),
        new("content", "content alone", MeasureUnit.Percent),
        new("wording.loss", "unseen wording, loss in nats", MeasureUnit.Fraction),
        new("own.loss", "own wordings, loss in nats", MeasureUnit.Fraction),
        new("content.loss", "content alone, loss in nats", MeasureUnit.Fraction),
        new("own.ece", "ECE, own wordings", MeasureUnit.Fraction),
        new("prompts", "prompts accepted where 95 % of content alone are", MeasureUnit.Percent),
        new("near", "near prompts", MeasureUnit.Percent),
        new("strangers", "contents of other tasks", MeasureUnit.Percent),
        new("training", "training", MeasureUnit.Seconds),
    ];

    public static void Run(RunOptions run, int draws, string[] tasks, string[] otherTasks)
    {
        FiguresStore store = new(run.Data);
        List<Dictionary<string, double>> before = [];
        List<Dictionary<string, double>> after = [];
        string rows = string.Create(CultureInfo.InvariantCulture, $"{tasks.Length}-{run.RowsPerTask ?? 0}");
        for (ulong draw = 1; draw <= (ulong)draws; draw++)
        {
            before.Add(store.Get($"dev-{rows}-{draw}", () => Measure(run, new RouterTrainingOptions(), tasks, otherTasks, draw)));
            if (run.Changes.Length > 0)
            {
                after.Add(store.Get($"dev-{rows}-{draw} {run.Changes}", () => Measure(run, run.Options, tasks, otherTasks, draw)));
            }
        }

        MarkdownTable table = run.Changes.Length > 0
            ? new($"{draws} draws", "as it is", run.Changes, "difference \u00B1 its standard error", "draws better / worse")
            : new($"{draws} draws", "as it is");
        foreach (RouterMeasure measure in Measures)
        {
            double[] old = [.. before.Select(f => f[measure.Key])];
            if (run.Changes.Length == 0)
            {
                table.Add(measure.Title, measure.Unit.Write(old));
                continue;
            }

            double[] fresh = [.. after.Select(f => f[measure.Key])];
            double[] differences = [.. fresh.Zip(old, (f, o) => f - o)];
            double mean = differences.Average();
            double error = differences.Length < 2 ? 0 : Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / (differences.Length - 1) / differences.Length);
            table.Add(
                measure.Title, measure.Unit.Write(old), measure.Unit.Write(fresh), measure.Unit.WriteDifference(mean, error),
                string.Create(CultureInfo.InvariantCulture, $"{differences.Count(d => d > 0)} up, {differences.Count(d => d < 0)} down"));
        }

        RouterAccuracy.Print(table.ToString());
    }

    private static Dictionary<string, double> Measure(RunOptions run, RouterTrainingOptions options, string[] tasks, string[] otherTasks, ulong draw)
    {
        DevelopmentRows rows = new(run.Data, tasks, draw, run.RowsPerTask);
        DevelopmentRows others = new(run.Data, otherTasks, draw, rowsPerTask: null);
        TrainedRouter trained = RouterTrainer.Train(RouterTrainingData.FromExamples(InOtherOrder(rows.Training, draw)), options with { Seed = draw });
        Router router = trained.Router;
        Dictionary<string, double> figures = new(StringComparer.Ordinal) { ["training"] = trained.TrainingTime.TotalSeconds };
        foreach ((string key, List<RouterExample> measured) in ((string, List<RouterExample>)[])
            [("rows", rows.SeenWordings), ("wording", rows.NewWordings), ("own", rows.OwnWordings), ("content", rows.Contents)])
        {
            RouterEvaluation evaluation = RouterEvaluator.Evaluate(router, measured);
            figures[key] = evaluation.Top1;
            figures[$"{key}.worst"] = evaluation.PerTask.Values.Min();
            figures[$"{key}.ece"] = evaluation.Ece;
            figures[$"{key}.loss"] = measured.Average(r => -Math.Log(Math.Max(router.Decide(r.Text).ProbabilityOf(r.Label), 1e-6)));
            foreach ((string task, double top1) in evaluation.PerTask)
            {
                figures[$"{key}.of.{task}"] = top1;
            }
        }

        double[] inside = [.. rows.Contents.Select(r => (double)router.Decide(r.Text).Confidence)];
        figures["prompts"] = Accepted(router, inside, DevelopmentPrompts.All);
        figures["near"] = Accepted(router, inside, NearPrompts.All);
        figures["strangers"] = Accepted(router, inside, [.. others.Contents.Where((_, i) => i % OthersEvery == 0).Select(r => r.Text)]);
        return figures;
    }

    private static double Accepted(Router router, double[] inside, IReadOnlyList<string> prompts) =>
        OutOfDomainFigures.Of(inside, [.. prompts.Select(t => (double)router.Decide(t).Confidence)]).FalseAcceptance;

    /// <summary>The first label of the rows is the router's first: another order of tasks is another start of the training.</summary>
    private static List<RouterExample> InOtherOrder(List<RouterExample> rows, ulong draw)
    {
        List<RouterExample>[] tasks = [.. rows.GroupBy(r => r.Label).Select(g => g.ToList())];
        new TrainingRandom(draw, stream: 79).Shuffle<List<RouterExample>>(tasks);
        return [.. tasks.SelectMany(t => t)];
    }
}
