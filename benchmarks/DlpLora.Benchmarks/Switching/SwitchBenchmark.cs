using System.Diagnostics;
using DlpLora.Benchmarks.Measuring;
using DlpLora.Benchmarks.Reporting;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Models;

namespace DlpLora.Benchmarks.Switching;

/// <summary>What it takes to put another mixture of three adapters into force: looked up, stacked anew from memory, or read from disk.</summary>
internal static class SwitchBenchmark
{
    // Two mixtures without a common adapter: every switch changes all of it.
    private static readonly Mixture[] Mixtures =
    [
        BenchmarkModels.Three,
        Mixture.Create(new("piqa", 0.5f), new("winowhy", 0.3f), new("e2e_nlg", 0.2f)),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        BenchmarkArguments arguments = new(args);
        int repetitions = arguments.Repetitions(25);
        int switches = arguments.Quick ? 4 : 50;
        ModelFolder folder = ModelFolder.Open(BenchmarkModels.Int4());
        using OnnxBackend backend = OnnxBackend.Load(folder, threads: null, spinning: true);
        using IDecoder decoder = backend.CreateDecoder(rows: 1, KvCacheSize.BlockTokens);
        decoder.Read(0, [1, 2, 3], [2]);
        Series[] times = await Comparison.RunAsync(
            "ms",
            repetitions,
            new Side("stack kept", () => MeasureAsync(folder, decoder, switches, kept: true, resident: true)),
            new Side("adapters resident, stacked anew", () => MeasureAsync(folder, decoder, switches, kept: false, resident: true)),
            new Side("adapters read from disk", () => MeasureAsync(folder, decoder, switches, kept: false, resident: false))).ConfigureAwait(false);
        BenchmarkReport report = new("switch", "Switching mixtures");
        report.Say(
            "From one mixture of three adapters (r = 8, q and v) to another without a common adapter, until the graph's inputs are bound and the gate is written; "
            + $"mean of {switches} switches a repetition, {repetitions} interleaved repetitions after a warm-up. Files lie in the system's cache.");
        report.Compare("from", "0.000", times);
        report.Write(arguments);
        return 0;
    }

    private static Task<double> MeasureAsync(ModelFolder folder, IDecoder decoder, int switches, bool kept, bool resident)
    {
        AdapterRegistry registry = new(folder.Manifest, resident ? long.MaxValue : 0, folder.SlotElement);
        registry.AddFolder(BenchmarkPaths.Adapters);
        FusionCache fusion = new(folder.Manifest, kept ? long.MaxValue : 0);
        foreach (Mixture mixture in Mixtures)
        {
            Switch(registry, fusion, decoder, mixture);
        }

        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < switches; i++)
        {
            Switch(registry, fusion, decoder, Mixtures[i % Mixtures.Length]);
        }

        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds / switches;
        fusion.Clear();
        registry.Clear();
        return Task.FromResult(milliseconds);
    }

    private static void Switch(AdapterRegistry registry, FusionCache fusion, IDecoder decoder, Mixture mixture)
    {
        using RequestMixtures mixtures = new(registry, fusion);
        mixtures.Select(mixture);
        mixtures.WriteGate(mixture, decoder.Bind(1, mixtures.Stack, 1));
    }
}
