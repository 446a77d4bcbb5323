using System.Diagnostics;
using System.Globalization;
using System.Text;
using DlpLora.Benchmarks.Measuring;
using DlpLora.Benchmarks.Reporting;
using DlpLora.Reports;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;

namespace DlpLora.Benchmarks.LongRun;

/// <summary>
/// Mixed traffic for minutes or an hour: arrivals at random moments, cancellations, an adapter that comes and goes, long prompts. Every answer
/// is held against the same request alone in fp32 greedy; memory is watched.
/// </summary>
internal static class LongRunBenchmark
{
    private const string Name = "long-run";
    private const double CancelledShare = 0.1;
    private const double PassingShare = 0.1;
    private const double Megabyte = 1 << 20;

    public static async Task<int> RunAsync(string[] args)
    {
        BenchmarkArguments arguments = new(args);
        TimeSpan length = TimeSpan.FromMinutes(arguments.Number("--minutes", arguments.Quick ? 0.2 : 3));
        int rows = (int)arguments.Number("--rows", 8);
        double perSecond = arguments.Number("--per-second", 2);
        DlpLoraOptions options = BenchmarkModels.WithAdapters();
        options.RouterFile = BenchmarkPaths.Router;
        options.MaxConcurrentGenerations = rows;
        await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(BenchmarkModels.Fp32(), options).ConfigureAwait(false);
        LongRunRequests requests = await LongRunRequests.PrepareAsync(engine, arguments.Quick).ConfigureAwait(false);
        LongRunLog log = new();
        List<(double Minutes, double Resident)> memory = [];
        using CancellationTokenSource end = new();
        Task watching = WatchAsync(memory, length, end.Token);
        await TrafficAsync(engine, requests, log, length, perSecond).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(false);
        Report(arguments, log, memory, length, rows, perSecond);
        return log.Other == 0 && log.Failed == 0 ? 0 : 1;
    }

    private static async Task TrafficAsync(DlpLoraEngine engine, LongRunRequests requests, LongRunLog log, TimeSpan length, double perSecond)
    {
        Random random = new(5);
        List<Task> running = [];
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < length)
        {
            // Poisson arrivals: exponential gaps.
            await Task.Delay(TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / perSecond)).ConfigureAwait(false);
            int number = random.Next(requests.Requests.Length);
            double draw = random.NextDouble();
            running.RemoveAll(t => t.IsCompleted);
            running.Add(draw switch
            {
                < CancelledShare => CancelAsync(engine, requests.Requests[number], log, TimeSpan.FromMilliseconds(random.Next(400))),
                < CancelledShare + PassingShare => PassAsync(engine, requests, log),
                _ => AnswerAsync(engine, requests.Requests[number], requests.Answers[number], log),
            });
        }

        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private static async Task AnswerAsync(DlpLoraEngine engine, GenerationRequest request, int[] expected, LongRunLog log)
    {
        try
        {
            GenerationResult result = await engine.GenerateAsync(request).ConfigureAwait(false);
            log.Answered(result.OutputIds.SequenceEqual(expected), result.Usage.QueueTime);
        }
        catch (DlpLoraException error)
        {
            log.HasFailed(error);
        }
    }

    private static async Task CancelAsync(DlpLoraEngine engine, GenerationRequest request, LongRunLog log, TimeSpan after)
    {
        using CancellationTokenSource cancellation = new(after);
        try
        {
            await engine.GenerateAsync(request, cancellation.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            log.WasCancelled();
        }
        catch (DlpLoraException error)
        {
            log.HasFailed(error);
        }
    }

    /// <summary>Adds an adapter under a name of its own, asks for it, and removes it with the first token of the answer, so while it is in use.</summary>
    private static async Task PassAsync(DlpLoraEngine engine, LongRunRequests requests, LongRunLog log)
    {
        int number = Array.FindIndex(requests.Requests, r => r.Mixture is { } m && m.Equals(Mixture.Of(LongRunRequests.Stable)));
        string name = $"{LongRunRequests.Passing}-{Guid.NewGuid():N}";
        engine.Adapters.Add(name, Path.Combine(BenchmarkPaths.Adapters, LongRunRequests.Stable));
        bool registered = true;
        try
        {
            await foreach (GenerationUpdate update in engine.StreamAsync(requests.Requests[number] with { Mixture = Mixture.Of(name) }).ConfigureAwait(false))
            {
                if (registered)
                {
                    engine.Adapters.Remove(name);
                    registered = false;
                }

                if (update.Result is { } result)
                {
                    log.Answered(result.OutputIds.SequenceEqual(requests.Answers[number]), result.Usage.QueueTime);
                }
            }
        }
        catch (DlpLoraException error)
        {
            log.HasFailed(error);
        }
    }

    private static async Task WatchAsync(List<(double Minutes, double Resident)> memory, TimeSpan length, CancellationToken end)
    {
        long start = Stopwatch.GetTimestamp();
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(Math.Clamp(length.TotalSeconds / 200, 0.5, 20)));
        try
        {
            do
            {
                memory.Add((Stopwatch.GetElapsedTime(start).TotalMinutes, ResidentMemory.Bytes() / Megabyte));
            }
            while (await timer.WaitForNextTickAsync(end).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The traffic is over.
        }
    }

    private static void Report(
        BenchmarkArguments arguments, LongRunLog log, List<(double Minutes, double Resident)> memory, TimeSpan length, int rows, double perSecond)
    {
        double[] waits = [.. log.Waits.Order()];
        BenchmarkReport report = new(Name, "A long run of mixed traffic");
        report.Say(
            $"SmolLM2-135M-Instruct, fp32, {length.TotalMinutes:0.#} minutes, {rows} rows at a time, {perSecond:0.#} arrivals a second at random moments: routed and pinned requests, long prompts, "
            + $"{CancelledShare:P0} cancelled at a random moment, {PassingShare:P0} with an adapter that is added before and removed while it is used.");
        MarkdownTable table = new("what", "count");
        table.Add("answers equal to the same request alone", $"{log.Equal:N0}");
        table.Add("answers that differ", $"{log.Other:N0}");
        table.Add("cancelled", $"{log.Cancelled:N0}");
        table.Add("failed", $"{log.Failed:N0}");
        report.Add(table);
        report.List("waiting", "0", Percentile("median", waits, 0.5), Percentile("p99", waits, 0.99), Percentile("longest", waits, 1));
        report.Keep(new Series("resident", "MiB", [.. memory.Select(m => m.Resident)]), new Series("resident at", "minutes", [.. memory.Select(m => m.Minutes)]));
        int later = memory.Count / 4;
        report.Say(
            $"Resident memory: {memory[0].Resident:0} MiB at the start, {memory[later].Resident:0} after a quarter of the time, {memory[^1].Resident:0} at the end, "
            + $"{memory.Max(m => m.Resident):0} at most.");
        foreach (string error in log.Errors.Distinct().Take(5))
        {
            report.Say($"Failed: {error}");
        }

        report.Draw(new LineChart
        {
            Title = "Resident memory under mixed traffic",
            Description = "Resident memory in MiB over the minutes of the run.",
            XLabel = "minutes",
            YLabel = "MiB",
            Series = [new LineSeries(string.Empty, [.. memory.Select(m => m.Minutes)], [.. memory.Select(m => Spread.Exact(m.Resident))])],
        });
        StringBuilder csv = new("minutes,resident_mib\n");
        foreach ((double minutes, double resident) in memory)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{minutes:0.000},{resident:0.0}\n");
        }

        Directory.CreateDirectory(arguments.ResultFolder);
        File.WriteAllText(Path.Combine(arguments.ResultFolder, Name + ".csv"), csv.ToString());
        report.Write(arguments);
    }

    private static Series Percentile(string name, double[] sorted, double share) =>
        new(name, "ms", [sorted.Length == 0 ? double.NaN : sorted[Math.Min((int)(share * sorted.Length), sorted.Length - 1)]]);
}
