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
    private static readonly (string Name, string Question, Func<string[], Task<int>> Run)[] All =
    [
        ("slots", "What do empty slots, one adapter and three cost while decoding?", SlotDecodeBenchmark.RunAsync),
        ("compression", "What do wide mixtures lose and gain at a lower rank? --data DIR", CompressionBenchmark.RunAsync),
        ("batch", "How fast are several rows together, by how much their mixtures differ: [REPETITIONS [ROWS,ROWS,...]]", BatchBenchmark.RunAsync),
        ("options", "What do threads, spinning, chunks and concurrency do to speed?", _ => EngineOptionsBenchmark.RunAsync()),
        ("tasks", "What do real answers score by mixture and scope? DATA [--rows N] [--composites N] [--threads N]", TaskAblation.RunAsync),
        ("slot-forms", "Which form of the graph decodes fastest?", args => Task.FromResult(SlotFormReport.Run(args))),
        ("peers", "How does decoding, prefill and serving compare with llama.cpp?", PeerBenchmark.RunAsync),
        ("lookup", "What does prompt lookup gain? --data DIR", LookupBenchmark.RunAsync),
        ("prefill", "How fast are prompts read?", PrefillBenchmark.RunAsync),
        ("first-token", "How long does the first token take?", FirstTokenBenchmark.RunAsync),
        ("prefix", "How long does the first token take where the prompt's beginning is in the KV cache?", PrefixReuseBenchmark.RunAsync),
        ("cold-start", "How long from process start to the first token?", ColdStartBenchmark.RunAsync),
        ("memory", "How much memory does a loaded model take, and its KV cache?", MemoryBenchmark.RunAsync),
        ("adapters", "What do 1,000 registered adapters cost?", AdapterCountBenchmark.RunAsync),
        ("switch", "How long does a change of mixture take?", SwitchBenchmark.RunAsync),
        ("bandwidth", "What share of the memory bandwidth does decoding reach?", BandwidthBenchmark.RunAsync),
        ("allocations", "What do a token and a routing decision allocate?", AllocationBenchmark.RunAsync),
        ("long-run", "Does mixed traffic stay right, and memory flat? [--minutes N] [--rows N] [--per-second N]", LongRunBenchmark.RunAsync),
        ("router", "How accurate is the router, beside Naive Bayes?", args => Task.FromResult(RouterAccuracy.Run(args))),
        ("router-add", "How well does the router know adapters added from 10 examples?", args => Task.FromResult(AddedAdapterAccuracy.Run(args))),
        ("pools", "How accurate and fast is the router among 100, 1,000 and 10,000 adapters?", args => Task.FromResult(PoolBenchmark.Run(args))),
        ("quantization", "What does each int4 mapping of the GGUF lose against fp32?", args => Task.FromResult(QuantizationReport.Run(args))),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        foreach ((string name, _, Func<string[], Task<int>> run) in All)
        {
            if (args.Length > 0 && args[0] == name)
            {
                return await run(args[1..]).ConfigureAwait(false);
            }
        }

        foreach ((string name, string question, _) in All)
        {
            Console.WriteLine($"{name,-14} {question}");
        }

        return args is [] or ["list"] ? 0 : 2;
    }
}
