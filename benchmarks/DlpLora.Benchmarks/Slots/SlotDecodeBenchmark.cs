using DlpLora.Benchmarks.Measuring;
using DlpLora.Benchmarks.Reporting;
using DlpLora.OnnxExport;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;

namespace DlpLora.Benchmarks.Slots;

/// <summary>What the slots cost while decoding: the graph without slots against empty slots, one adapter and three, of two modules and of all, interleaved in one run.</summary>
internal static class SlotDecodeBenchmark
{
    private const int Tokens = 48;

    /// <summary>Tokens decoded before, not measured: the weights of an engine that did not run last are in no cache, and another's threads may still spin.</summary>
    private const int WarmingTokens = 16;

    /// <summary>Many short turns: graphs that differ by little are told apart by what is measured within one second, and by the median of much of it.</summary>
    private const int Repetitions = 45;
    private const string Prompt = "Write a long story about a lighthouse keeper who finds a map.";

    public static async Task<int> RunAsync(string[] args)
    {
        BenchmarkArguments arguments = new(args);
        string all = BenchmarkModels.Int4AllLinear();
        await using DlpLoraEngine bare = await DlpLoraEngine.LoadAsync(BenchmarkModels.Int4(SlotScope.None), new DlpLoraOptions()).ConfigureAwait(false);
        await using DlpLoraEngine queryValue = await DlpLoraEngine.LoadAsync(BenchmarkModels.Int4(), BenchmarkModels.WithAdapters()).ConfigureAwait(false);
        await using DlpLoraEngine allLinear = await DlpLoraEngine.LoadAsync(
            all, new DlpLoraOptions { AdapterFolder = AllLinearAdapters.Prepare(all) }).ConfigureAwait(false);
        string[] names = AllLinearAdapters.Names;
        Series[] speeds = await Comparison.RunAsync(
            "tokens/s",
            arguments.Repetitions(Repetitions),
            Decode("no slots in the graph", bare, Mixture.Empty),
            Decode("q,v slots, empty", queryValue, Mixture.Empty),
            Decode("q,v slots, 1 adapter (r = 8)", queryValue, Mixture.Of("gsm8k")),
            Decode("q,v slots, 3 adapters (r = 8 each)", queryValue, BenchmarkModels.Three),
            Decode("all-linear slots, empty", allLinear, Mixture.Empty),
            Decode("all-linear slots, 1 adapter (r = 8)", allLinear, Mixture.Of(names[0])),
            Decode("all-linear slots, 3 adapters (r = 8 each)", allLinear, Mixture.Create(new(names[0], 0.5f), new(names[1], 0.3f), new(names[2], 0.2f)))).ConfigureAwait(false);
        BenchmarkReport report = new("slots", "The price of slots while decoding");
        report.Say(
            $"SmolLM2-135M-Instruct, int4, greedy, {Tokens} tokens after a prompt of one sentence, through the engine; {arguments.Repetitions(Repetitions)} interleaved "
            + $"repetitions after a warm-up, each graph once in every one, {WarmingTokens} tokens before that do not count. The q,v adapters are the repository's; those over all seven linear modules are random, made for this.");
        report.Compare("graph", "0.0", speeds);
        report.Write(arguments);
        return 0;
    }

    private static Side Decode(string name, DlpLoraEngine engine, Mixture mixture) => new(name, async () =>
    {
        GenerationRequest request = new() { Prompt = Prompt, Mixture = mixture, MaxTokens = WarmingTokens, MinTokens = WarmingTokens };
        await engine.GenerateAsync(request).ConfigureAwait(false);
        request = request with { MaxTokens = Tokens, MinTokens = Tokens };
        GenerationResult result = await engine.GenerateAsync(request).ConfigureAwait(false);
        return result.Usage.DecodeTokensPerSecond;
    });
}
