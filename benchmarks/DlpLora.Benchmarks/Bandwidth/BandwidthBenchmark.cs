using DlpLora.Benchmarks.Measuring;
using DlpLora.Benchmarks.Reporting;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Models;

namespace DlpLora.Benchmarks.Bandwidth;

/// <summary>What share of the machine's memory bandwidth decoding reaches at one row.</summary>
internal static class BandwidthBenchmark
{
    private const long Bytes = 2L << 30;
    private const double Gigabyte = 1e9;

    public static async Task<int> RunAsync(string[] args)
    {
        BenchmarkArguments arguments = new(args);
        int repetitions = arguments.Repetitions(7);
        int tokens = arguments.Quick ? 8 : 96;
        string model = BenchmarkModels.Int4();
        long graph = GraphBytes.PerToken(Path.Combine(model, ModelManifest.Load(model).Graph));
        using ReadBandwidth memory = new(Environment.ProcessorCount, Bytes);
        using ReadBandwidth cached = new(Environment.ProcessorCount, graph);
        await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(model, BenchmarkModels.WithAdapters()).ConfigureAwait(false);
        Series[] speeds = await Comparison.RunAsync(
            "GB/s",
            repetitions,
            new Side($"reading {Bytes >> 30} GiB", () => Task.FromResult(memory.Measure() / Gigabyte)),
            new Side("reading as much as the weights, again and again", () => Task.FromResult(Enumerable.Range(0, 20).Max(_ => cached.Measure()) / Gigabyte)),
            new Side("weights read while decoding, base", () => DecodeAsync(engine, tokens, graph))).ConfigureAwait(false);
        BenchmarkReport report = new("bandwidth", "The share of memory bandwidth");
        report.Say(
            $"Decoding one row reads {graph / 1e6:0.0} MB of weights a token (every initializer of the int4 graph but the embedding's rows). Beside it what {Environment.ProcessorCount} "
            + "threads that only add up 64-byte vectors read: of memory that no cache holds, and of as much memory as the weights take, which a large last-level cache may hold. "
            + $"{repetitions} interleaved repetitions after a warm-up, {tokens} tokens each.");
        report.Compare("what", "0.0", speeds);
        report.Write(arguments);
        return 0;
    }

    private static async Task<double> DecodeAsync(DlpLoraEngine engine, int tokens, long bytes)
    {
        GenerationResult result = await engine.GenerateAsync(new GenerationRequest
        {
            InputIds = BenchmarkModels.Tokens(16),
            Mixture = Mixture.Empty,
            MaxTokens = tokens,
            MinTokens = tokens,
        }).ConfigureAwait(false);
        return result.Usage.DecodeTokensPerSecond * bytes / Gigabyte;
    }
}
