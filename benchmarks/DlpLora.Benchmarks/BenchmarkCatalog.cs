using DlpLora.Benchmarks.Batching;
using DlpLora.Benchmarks.Options;
using DlpLora.Benchmarks.Quantization;
using DlpLora.Benchmarks.Routing;
using DlpLora.Benchmarks.Slots;
using DlpLora.Benchmarks.Tasks;

namespace DlpLora.Benchmarks;

/// <summary>The benchmarks by name: one command a question.</summary>
internal static class BenchmarkCatalog
{
    private static readonly (string Name, string Question, Func<string[], Task<int>> Run)[] All =
    [
        ("slots", "What do empty slots, one adapter and three cost while decoding?", _ => SlotDecodeBenchmark.RunAsync()),
        ("batch", "How fast are several rows together, by how much their mixtures differ: [REPETITIONS [ROWS,ROWS,...]]", BatchBenchmark.RunAsync),
        ("options", "What do threads, spinning, chunks and concurrency do to speed?", _ => EngineOptionsBenchmark.RunAsync()),
        ("tasks", "What do real answers score by mixture and scope? DATA [--rows N] [--composites N] [--threads N]", TaskAblation.RunAsync),
        ("slot-forms", "Which form of the graph decodes fastest?", args => Task.FromResult(SlotFormReport.Run(args))),
        ("router", "How accurate is the router, beside Naive Bayes?", args => Task.FromResult(RouterAccuracy.Run(args))),
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
