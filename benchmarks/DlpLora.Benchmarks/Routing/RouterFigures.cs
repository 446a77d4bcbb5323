using System.Diagnostics;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Training;

namespace DlpLora.Benchmarks.Routing;

/// <summary>Measures one candidate in one condition; the keys are those of <see cref="RouterMeasure"/>.</summary>
internal static class RouterFigures
{
    private static readonly string[] Splits = ["test", "reworded", "bare"];

    /// <summary>A router's top-1 alone, under the condition's name.</summary>
    public static Dictionary<string, double> Accuracy(Router router, MeasuringRows rows, IReadOnlyList<string> tasks, string condition) =>
        Splits.ToDictionary(s => $"{condition}.{s}", s => RouterEvaluator.Evaluate(router, rows.Of(s, tasks), s).Top1);

    /// <summary>Naive Bayes's top-1 alone, under the condition's name.</summary>
    public static Dictionary<string, double> Accuracy(WordBayes bayes, MeasuringRows rows, IReadOnlyList<string> tasks, string condition) =>
        Splits.ToDictionary(s => $"{condition}.{s}", s => rows.Of(s, tasks).Average(r => bayes.Decide(r.Text).Label == r.Label ? 1.0 : 0));

    /// <summary>All that a router over the core tasks shows.</summary>
    public static Dictionary<string, double> Core(Router router, MeasuringRows rows, IReadOnlyList<string> tasks)
    {
        Dictionary<string, double> figures = new(StringComparer.Ordinal) { ["numbers"] = router.ParameterCount };
        double[] outside = [.. rows.Outside.Select(t => (double)router.Decide(t).Confidence)];
        figures["ood.accepted"] = rows.Outside.Count(t => !router.Decide(t).Abstained) / (double)outside.Length;
        foreach (string split in Splits)
        {
            IReadOnlyList<RouterExample> own = rows.Of(split, tasks);
            RouterEvaluation evaluation = RouterEvaluator.Evaluate(router, own, split);
            figures[$"core.{split}"] = evaluation.Top1;
            figures[$"ece.{split}"] = evaluation.Ece;
            figures[$"abstained.{split}"] = evaluation.Abstained;
            AddOutOfDomain(figures, split, [.. own.Select(r => (double)router.Decide(r.Text).Confidence)], outside);
        }

        CompositeFigures composite = CompositeFigures.Of(router, rows.Composite);
        figures["composite.exact"] = composite.Exact;
        figures["composite.top2"] = composite.Top2;
        (figures["decision"], figures["decision.bytes"]) = TimeDecision(router);
        return figures;
    }

    /// <summary>What Naive Bayes over the core tasks shows; it knows no segments and no threshold.</summary>
    public static Dictionary<string, double> Core(WordBayes bayes, MeasuringRows rows, IReadOnlyList<string> tasks)
    {
        Dictionary<string, double> figures = Accuracy(bayes, rows, tasks, "core");
        double[] outside = [.. rows.Outside.Select(t => bayes.Decide(t).Confidence)];
        foreach (string split in Splits)
        {
            IReadOnlyList<RouterExample> own = rows.Of(split, tasks);
            AddOutOfDomain(figures, split, [.. own.Select(r => bayes.Decide(r.Text).Confidence)], outside);
        }

        return figures;
    }

    private static void AddOutOfDomain(Dictionary<string, double> figures, string split, double[] inside, double[] outside)
    {
        OutOfDomainFigures found = OutOfDomainFigures.Of(inside, outside);
        figures[$"ood.{split}"] = found.Auroc;
        figures[$"ood.accepted.{split}"] = found.FalseAcceptance;
    }

    /// <summary>The median of a decision over blocks of 100, in microseconds, and the bytes that one allocates.</summary>
    private static (double Microseconds, double Bytes) TimeDecision(Router router)
    {
        const int Block = 100;
        const int Blocks = 60;
        string text = RouterDecisionBenchmark.Text(40);
        RoutingDecision decision = new();
        double[] times = new double[Blocks];
        long bytes = 0;
        for (int b = -Blocks; b < Blocks; b++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Block; i++)
            {
                router.Decide(text, RoutingPolicy.Default, decision);
            }

            double time = Stopwatch.GetElapsedTime(start).TotalMicroseconds / Block;
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            if (b >= 0)
            {
                times[b] = time;
            }
        }

        return (Reporting.Statistics.Median(times), (double)bytes / Block);
    }
}
