using System.Diagnostics;
using System.Globalization;
using DlpLora.Benchmarks.Reporting;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Routing.Prototypes;
using DlpLora.Runtime.Training;

namespace DlpLora.Benchmarks.Routing;

/// <summary>
/// The 34 real tasks among many other adapters, as <see cref="SyntheticLabels"/> makes them: accuracy of the real ones, time and memory of a decision.
/// </summary>
/// <remarks>Arguments: <c>--data DIR</c>, <c>--router FILE</c> (one of all 34 tasks; trained and kept under artifacts without it).</remarks>
internal static class PoolBenchmark
{
    private const int Repetitions = 9;
    private const int TimedRows = 400;

    private static readonly int[] Sizes = [34, 100, 1_000, 10_000];

    public static int Run(string[] args)
    {
        BenchmarkArguments arguments = new(args);
        string data = arguments.Value("--data") ?? "../shared/tasks";
        Router real = Load(arguments.Value("--router"), data);
        RouterExample[] rows = [.. RouterEvaluator.ReadRows(real, data, "test")];
        AddedLabel[] synthetic = SyntheticLabels.Create(real.Model, Sizes[^1] - real.Labels.Count);
        Router[] pools = [.. Sizes.Select(n => n <= real.Labels.Count ? real : Fill(real, synthetic, n))];
        double[] accuracies = [.. pools.Select(p => Accuracy(p, rows))];
        (double[][] times, long[] allocated) = Time(pools, rows);

        BenchmarkReport report = new("pools", "Large pools");
        report.Say(Text(
            $"{rows.Length} test rows of {real.Labels.Count} tasks for the accuracy; {TimedRows} of them, of {rows.Take(TimedRows).Average(r => r.Text.Length):0} characters on average, for the time: the mean of a pass, {Repetitions} passes of each pool in turn. The other adapters: made-up tasks, each fitted as AddAdapter fits 10 examples but without words."));
        MarkdownTable table = new("adapters", "test, top-1 of the real tasks", "against the real ones alone", "a decision, us (median; least to most)", "bytes allocated a decision", "numbers", "router in memory, MB");
        for (int i = 0; i < pools.Length; i++)
        {
            Series time = new(Text($"{pools[i].Labels.Count:N0} adapters, a decision"), "us", times[i]);
            report.Keep(time, new Series(Text($"{pools[i].Labels.Count:N0} adapters, top-1 of the real tasks"), "share", [accuracies[i]]));
            table.Add(
                Text($"{pools[i].Labels.Count:N0}"), Text($"{accuracies[i] * 100:0.00} %"), Text($"{(accuracies[i] - accuracies[0]) * 100:+0.00;-0.00;0.00} points"),
                Text($"{time.Median:0.0} ({times[i].Min():0.0} to {times[i].Max():0.0})"), Text($"{allocated[i]}"), Text($"{pools[i].ParameterCount:N0}"), Text($"{Megabytes(pools[i].Model):0.0}"));
        }

        report.Add(table);
        report.Write(arguments);
        return 0;
    }

    private static Router Load(string? path, string data)
    {
        path ??= Path.Combine(BenchmarkPaths.Root, "artifacts", "pools", "router-all.safetensors");
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            RouterTrainer.Train(RouterTrainingData.FromFolders(data)).Save(path);
        }

        return Router.Load(path);
    }

    /// <summary>The router with the first of the synthetic labels, so many labels in all.</summary>
    private static Router Fill(Router real, AddedLabel[] synthetic, int size)
    {
        RouterModel model = real.Model;
        AddedLabel[] added = synthetic[..(size - model.Labels.Length)];
        RouterModel pool = model with
        {
            Labels = [.. model.Labels, .. Enumerable.Range(0, added.Length).Select(i => Text($"synthetic-{i}"))],
            Added = new PrototypeHead(PrototypeHead.Width(model.Recipe), added),
        };
        return pool.ParameterCount <= RouterModel.MaximumParameters
            ? new Router(pool, pool.ComputeVersion())
            : throw new InvalidOperationException(Text($"{pool.ParameterCount} numbers are too many"));
    }

    private static double Accuracy(Router router, RouterExample[] rows)
    {
        RoutingPolicy policy = new() { Abstain = false };
        RoutingDecision decision = new();
        int right = 0;
        foreach (RouterExample row in rows)
        {
            router.Decide(row.Text, policy, decision);
            right += decision.Adapters[0].Name == row.Label ? 1 : 0;
        }

        return (double)right / rows.Length;
    }

    /// <summary>Microseconds a decision, pass by pass, the pools in turn, and the bytes that a decision allocates.</summary>
    private static (double[][] Times, long[] Allocated) Time(Router[] pools, RouterExample[] rows)
    {
        double[][] times = [.. pools.Select(_ => new double[Repetitions])];
        long[] allocated = new long[pools.Length];
        RoutingDecision[] decisions = [.. pools.Select(_ => new RoutingDecision())];
        for (int pass = -1; pass < Repetitions; pass++)
        {
            for (int i = 0; i < pools.Length; i++)
            {
                long bytes = GC.GetAllocatedBytesForCurrentThread();
                long start = Stopwatch.GetTimestamp();
                for (int row = 0; row < TimedRows; row++)
                {
                    pools[i].Decide(rows[row * 7 % rows.Length].Text, RoutingPolicy.Default, decisions[i]);
                }

                double microseconds = Stopwatch.GetElapsedTime(start).TotalMicroseconds / TimedRows;
                allocated[i] = (GC.GetAllocatedBytesForCurrentThread() - bytes) / TimedRows;
                if (pass >= 0)
                {
                    times[i][pass] = microseconds;
                }
            }
        }

        return (times, allocated);
    }

    /// <summary>The big arrays: table, layers, prototypes twice (as they came and in rows), texts kept.</summary>
    private static double Megabytes(RouterModel model) =>
        (model.Embedding.Length + (4.0 * (model.Straight.Weights.Length + model.Output.Weights.Length + model.Hidden.Sum(h => h.Weights.Length)))
            + (model.Added.Count * ((2.0 * PrototypeHead.Width(model.Recipe)) + 60)) + (4.0 * model.Replay.NumberCount)) / 1e6;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
