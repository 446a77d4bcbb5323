using DlpLora.Benchmarks.Adapters;
using DlpLora.Benchmarks.Allocations;
using DlpLora.Benchmarks.Bandwidth;
using DlpLora.Benchmarks.Batching;
using DlpLora.Benchmarks.LongRun;
using DlpLora.Benchmarks.Lookup;
using DlpLora.Benchmarks.Memory;
using DlpLora.Benchmarks.Options;
using DlpLora.Benchmarks.Peers;
using DlpLora.Benchmarks.Prefill;
using DlpLora.Benchmarks.PrefixReuse;
using DlpLora.Benchmarks.Quantization;
using DlpLora.Benchmarks.Routing;
using DlpLora.Benchmarks.Slots;
using DlpLora.Benchmarks.Startup;
using DlpLora.Benchmarks.Switching;
using DlpLora.Benchmarks.Tasks;

namespace DlpLora.Benchmarks;

/// <summary>The benchmarks by name: one command a question.</summary>
internal static class BenchmarkCatalog
{
    private static readonly Benchmark[] All =
    [
        new("slots", "What do empty slots, one adapter and three cost while decoding?", "[--repetitions N]", SlotDecodeBenchmark.RunAsync),
        new("compression", "What do wide mixtures lose and gain at a lower rank?", "--data DIR", CompressionBenchmark.RunAsync),
        new("adapter-bits", "What do answers lose by adapters in fewer bits?", "--data DIR [--rows N]", AdapterBitsBenchmark.Run),
        new("batch", "How fast are several rows together, by how much their mixtures differ?", "[--repetitions N] [--rows N,N,...]", BatchBenchmark.RunAsync),
        new("options", "What do threads, spinning, chunks and concurrency do to speed?", string.Empty, _ => EngineOptionsBenchmark.RunAsync()),
        new("tasks", "What do real answers score by mixture and scope?", "DATA [--rows N] [--composites N] [--threads N]", TaskAblation.RunAsync),
        new("slot-forms", "Which form of the graph decodes fastest?", "[--model FILE]", SlotFormReport.Run),
        new("peers", "How does decoding, prefill and serving compare with llama.cpp?", "[--adapters DIR] [--threads N]", PeerBenchmark.RunAsync),
        new("lookup", "What does prompt lookup gain?", "--data DIR", LookupBenchmark.RunAsync),
        new("prefill", "How fast are prompts read?", string.Empty, PrefillBenchmark.RunAsync),
        new("first-token", "How long does the first token take?", string.Empty, FirstTokenBenchmark.RunAsync),
        new("prefix", "How long does the first token take where the prompt's beginning is in the KV cache?", string.Empty, PrefixReuseBenchmark.RunAsync),
        new("cold-start", "How long from process start to the first token?", "[--program FILE]", ColdStartBenchmark.RunAsync),
        new("memory", "How much memory does a loaded model take, and its KV cache?", "[--inside]", MemoryBenchmark.RunAsync),
        new("adapters", "What do 1,000 registered adapters cost?", string.Empty, AdapterCountBenchmark.RunAsync),
        new("switch", "How long does a change of mixture take?", string.Empty, SwitchBenchmark.RunAsync),
        new("bandwidth", "What share of the memory bandwidth does decoding reach?", string.Empty, BandwidthBenchmark.RunAsync),
        new("allocations", "What do a token and a routing decision allocate?", string.Empty, AllocationBenchmark.RunAsync),
        new("long-run", "Does mixed traffic stay right, and memory flat?", "[--minutes N] [--rows N] [--per-second N]", LongRunBenchmark.RunAsync),
        new("router", "How accurate is the router, beside Naive Bayes?", RunOptions.Usage, RouterAccuracy.Run),
        new("router-add", "How well does the router know adapters added from 10 examples?", "[--data DIR] [--examples N] [--seeds N] [--dev] [--core] [--verbose]", AddedAdapterAccuracy.Run),
        new("pools", "How accurate and fast is the router among 100, 1,000 and 10,000 adapters?", "[--data DIR] [--router FILE]", PoolBenchmark.Run),
        new("quantization", "What does each int4 mapping of the GGUF lose against fp32?", "[--model FILE] [--only NAME] [--part NAME] [--tasks DIR] [--rows N]", QuantizationReport.Run),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is [] or ["list"])
        {
            foreach (Benchmark one in All)
            {
                Console.WriteLine($"{one.Name,-14} {one.Question}");
            }

            return 0;
        }

        if (All.FirstOrDefault(b => b.Name == args[0]) is not { } benchmark)
        {
            Console.Error.WriteLine($"No benchmark '{args[0]}': 'list' names them.");
            return 2;
        }

        if (benchmark.Unknown(args) is { } unknown)
        {
            Console.Error.WriteLine(unknown == "--help" ? benchmark.Question : $"'{benchmark.Name}' has no option '{unknown}'.");
            Console.Error.WriteLine($"Usage: {benchmark.Name} {benchmark.Usage} [--quick]");
            return 2;
        }

        return await benchmark.Run(args[1..]).ConfigureAwait(false);
    }
}
