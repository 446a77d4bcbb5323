using System.Diagnostics;
using DlpLora.Benchmarks.Measuring;
using DlpLora.Benchmarks.Reporting;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;

namespace DlpLora.Benchmarks.Adapters;

/// <summary>What it costs to have many adapters registered, under traffic that asks for few of them often and for many of them seldom.</summary>
internal static class AdapterCountBenchmark
{
    private const int PromptTokens = 24;
    private const int Tokens = 32;

    private static readonly int[] Counts = [26, 1, 100, 1000];

    public static async Task<int> RunAsync(string[] args)
    {
        BenchmarkArguments arguments = new(args);
        int repetitions = arguments.Repetitions(5);
        int requests = arguments.Quick ? 4 : 24;
        List<DlpLoraEngine> engines = [];
        List<Side> sides = [];
        try
        {
            foreach (int count in Counts)
            {
                DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(
                    BenchmarkModels.Int4(), new DlpLoraOptions { AdapterFolder = ManyAdapters.Prepare(count) }).ConfigureAwait(false);
                engines.Add(engine);

                // Every side and every repetition goes on in its own stream of draws, so rare adapters are read from disk all along.
                ZipfTraffic traffic = new(count, seed: 7);
                sides.Add(new Side($"{count:N0} registered", () => MeasureAsync(engine, traffic, requests)));
            }

            Series[] speeds = await Comparison.RunAsync("tokens/s", repetitions, sides).ConfigureAwait(false);
            BenchmarkReport report = new("adapters", "Many adapters");
            report.Say(
                $"SmolLM2-135M-Instruct, int4; requests one after the other, each with one adapter drawn by Zipf's law (the k-th most popular 1/k as often as the first), "
                + $"{PromptTokens} prompt tokens and {Tokens} answered; tokens of the answers over the wall time of everything, loading of adapters included. "
                + $"{requests} requests a repetition, {repetitions} interleaved repetitions after a warm-up. Adapters are read at first use and kept within the default budget of 512 MiB.");
            report.Compare("adapters", "0.0", speeds);
            MarkdownTable resident = new("adapters", "drawn so far", "resident, MiB");
            for (int i = 0; i < Counts.Length; i++)
            {
                resident.Add(
                    sides[i].Name,
                    $"{engines[i].Adapters.List().Count(a => a.Rank is not null)}",
                    BenchmarkReport.Number(engines[i].Adapters.ResidentBytes / (double)(1 << 20), "0"));
            }

            report.Add(resident);
            report.Write(arguments);
            return 0;
        }
        finally
        {
            foreach (DlpLoraEngine engine in engines)
            {
                await engine.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static async Task<double> MeasureAsync(DlpLoraEngine engine, ZipfTraffic traffic, int requests)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < requests; i++)
        {
            await engine.GenerateAsync(new GenerationRequest
            {
                InputIds = BenchmarkModels.Tokens(PromptTokens),
                Mixture = Mixture.Of(ManyAdapters.Name(traffic.Next())),
                MaxTokens = Tokens,
                MinTokens = Tokens,
            }).ConfigureAwait(false);
        }

        return requests * Tokens / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
