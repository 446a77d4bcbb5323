using DlpLora.Benchmarks.Measuring;
using DlpLora.Benchmarks.Reporting;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Routing;

namespace DlpLora.Benchmarks.Allocations;

/// <summary>Managed bytes that a decoded token and a routing decision allocate: counted, not timed.</summary>
internal static class AllocationBenchmark
{
    private const string Text = "A farmer has 12 hens, and each hen lays 5 eggs a week. How many eggs are that in 4 weeks?";
    private const int FewTokens = 32;
    private const int Pairs = 5;
    private const int Decisions = 1000;

    public static async Task<int> RunAsync(string[] args)
    {
        BenchmarkArguments arguments = new(args);
        int repetitions = arguments.Repetitions(5);
        int manyTokens = arguments.Quick ? 64 : 288;
        await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(BenchmarkModels.Int4(), BenchmarkModels.WithAdapters()).ConfigureAwait(false);
        Router router = Router.Load(BenchmarkPaths.Router);
        RoutingDecision decision = new();
        Series[] bytes = await Comparison.RunAsync(
            "bytes",
            repetitions,
            new Side("a token, base", () => PerTokenAsync(engine, Mixture.Empty, manyTokens)),
            new Side("a token, 3 adapters", () => PerTokenAsync(engine, BenchmarkModels.Three, manyTokens)),
            new Side("a routing decision", () => Task.FromResult(PerDecision(router, decision)))).ConfigureAwait(false);
        BenchmarkReport report = new("allocations", "Managed bytes");
        report.Say(
            $"Per token: what a request of {manyTokens} tokens allocates in the whole process beyond one of {FewTokens}, by the token, less the ids and the text that the caller gets; "
            + $"the median of {Pairs} pairs. Below 0: the list of ids and the text's buffer grow in steps, and other threads allocate at times. Per decision: the mean of {Decisions} decisions into one `RoutingDecision`. {repetitions} repetitions after a warm-up.");
        report.List("what", "0.0", bytes);
        report.Write(arguments);
        return 0;
    }

    private static async Task<double> PerTokenAsync(DlpLoraEngine engine, Mixture mixture, int tokens)
    {
        double[] perToken = new double[Pairs];
        for (int i = 0; i < Pairs; i++)
        {
            long few = await AllocatedAsync(engine, mixture, FewTokens).ConfigureAwait(false);
            long many = await AllocatedAsync(engine, mixture, tokens).ConfigureAwait(false);
            perToken[i] = (many - few) / (double)(tokens - FewTokens);
        }

        return Statistics.Median(perToken);
    }

    /// <summary>What a request allocates beside what its caller gets.</summary>
    private static async Task<long> AllocatedAsync(DlpLoraEngine engine, Mixture mixture, int tokens)
    {
        GenerationRequest request = new() { InputIds = BenchmarkModels.Tokens(16), Mixture = mixture, MaxTokens = tokens, MinTokens = tokens };
        long before = GC.GetTotalAllocatedBytes(precise: true);
        GenerationResult result = await engine.GenerateAsync(request).ConfigureAwait(false);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        return allocated - (result.OutputIds.Count * sizeof(int)) - ((result.Text?.Length ?? 0) * sizeof(char));
    }

    private static double PerDecision(Router router, RoutingDecision decision)
    {
        router.Decide(Text, RoutingPolicy.Default, decision);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Decisions; i++)
        {
            router.Decide(Text, RoutingPolicy.Default, decision);
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Decisions;
    }
}
