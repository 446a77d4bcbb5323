using System.Diagnostics;
using DlpLora.Benchmarks.Measuring;
using DlpLora.Benchmarks.Reporting;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Routing;

namespace DlpLora.Benchmarks.Prefill;

/// <summary>From a user's message to the first piece of the answer, with the engine loaded: template, tokens, routing, adapters, prefill.</summary>
internal static class FirstTokenBenchmark
{
    private const string Message =
        "A farmer has 12 hens, and each hen lays 5 eggs a week. She sells the eggs by the dozen for 3 dollars. How much does she earn in 4 weeks?";

    public static async Task<int> RunAsync(string[] args)
    {
        BenchmarkArguments arguments = new(args);
        int repetitions = arguments.Repetitions(9);
        DlpLoraOptions options = BenchmarkModels.WithAdapters();
        options.RouterFile = BenchmarkPaths.Router;
        await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(BenchmarkModels.Int4(), options).ConfigureAwait(false);
        GenerationRequest request = GenerationRequest.ForUser(Message) with { MaxTokens = 8, MinTokens = 8 };
        BenchmarkReport report = new("first-token", "Time to the first token");
        int promptTokens = (await engine.GenerateAsync(request).ConfigureAwait(false)).Usage.PromptTokens;
        report.Say(
            $"SmolLM2-135M-Instruct, int4, 26 adapters, engine loaded; one message of {promptTokens} tokens with its template, streamed. "
            + $"{repetitions} interleaved repetitions after a warm-up.");
        Series[] times = await Comparison.RunAsync(
            "ms",
            repetitions,
            new Side("base", () => FirstAsync(engine, request with { Mixture = Mixture.Empty })),
            new Side("3 adapters pinned", () => FirstAsync(engine, request with { Mixture = BenchmarkModels.Three })),
            new Side("routed, scope prompt", () => FirstAsync(engine, request with { RoutingScope = RoutingScope.Prompt })),
            new Side("routed, scope sentence", () => FirstAsync(engine, request with { RoutingScope = RoutingScope.Sentence }))).ConfigureAwait(false);
        report.Compare("request", "0.0", times);
        report.Write(arguments);
        return 0;
    }

    private static async Task<double> FirstAsync(DlpLoraEngine engine, GenerationRequest request)
    {
        long start = Stopwatch.GetTimestamp();
        double milliseconds = 0;
        await foreach (GenerationUpdate update in engine.StreamAsync(request).ConfigureAwait(false))
        {
            if (milliseconds == 0)
            {
                milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }

        return milliseconds;
    }
}
