using System.Diagnostics;
using DlpLora.Benchmarks.Measuring;
using DlpLora.Benchmarks.Reporting;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;

namespace DlpLora.Benchmarks.Peers;

/// <summary>This runtime beside llama.cpp: the same GGUF, the same adapters, the same prompts, in one process and one run.</summary>
internal static class PeerBenchmark
{
    private const int PromptTokens = 24;

    // The adapters that are at hand as GGUF as well.
    private static readonly string[] Shared =
        ["banking_intent", "e2e_nlg", "gsm8k", "navigate", "temporal_sequences", "text_to_sql", "translate_it_en", "winowhy"];

    public static async Task<int> RunAsync(string[] args)
    {
        BenchmarkArguments arguments = new(args);
        if (!LlamaNative.TryStart())
        {
            await Console.Error.WriteLineAsync(
                $"llama.cpp is left out: it is not installed (npm install --prefix artifacts/peers --ignore-scripts {LlamaNative.Package})").ConfigureAwait(false);
            return 0;
        }

        string adapters = arguments.Value("--adapters") ?? Path.Combine(BenchmarkPaths.Root, "..", "shared", "peers");
        int threads = (int)arguments.Number("--threads", Environment.ProcessorCount);
        int tokens = arguments.Quick ? 8 : 96;
        int longPrompt = arguments.Quick ? 32 : 512;
        int repetitions = arguments.Repetitions(5);
        DlpLoraOptions options = BenchmarkModels.WithAdapters();
        options.Threads = threads;
        await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(BenchmarkModels.Int4(), options).ConfigureAwait(false);
        DlpLoraOptions manyOptions = BenchmarkModels.WithAdapters();
        manyOptions.Threads = threads;
        manyOptions.MaxConcurrentGenerations = Shared.Length;
        await using DlpLoraEngine many = await DlpLoraEngine.LoadAsync(BenchmarkModels.Int4(), manyOptions).ConfigureAwait(false);
        using LlamaModel llama = new(BenchmarkPaths.Gguf, threads);
        using LlamaModel llamaMany = new(BenchmarkPaths.Gguf, threads, Shared.Length);

        BenchmarkReport report = new("peers", "Beside llama.cpp");
        report.Say(
            $"SmolLM2-135M-Instruct out of the same Q4_1 GGUF; llama.cpp v0.5.0 as node-llama-cpp 3.22.1 brings it, called through its C interface, on its defaults "
            + $"(weights repacked, flash attention where it helps, f16 KV cache). {threads} threads each, greedy, {repetitions} interleaved repetitions after a warm-up, "
            + "sides in alternating order; ratios within one repetition.");

        (string Path, float Scale)[] three = [.. BenchmarkModels.Three.Adapters.Select(a => (Gguf(adapters, a.Name), a.Weight))];
        report.Say($"## Decode: {tokens} tokens after a prompt of {PromptTokens}, the prompt not counted");
        Series[] decode = await Comparison.RunAsync(
            "tokens/s",
            repetitions,
            new Side("llama.cpp, base", () => Task.FromResult(LlamaDecode(llama, [], tokens))),
            new Side("this, base", () => DecodeAsync(engine, Mixture.Empty, tokens)),
            new Side("llama.cpp, 3 adapters", () => Task.FromResult(LlamaDecode(llama, three, tokens))),
            new Side("this, 3 adapters", () => DecodeAsync(engine, BenchmarkModels.Three, tokens))).ConfigureAwait(false);
        report.Compare("side", "0.0", decode[0], decode[1]);
        report.Compare("side", "0.0", decode[2], decode[3]);

        report.Say($"## Prefill: {longPrompt} tokens");
        Series[] prefill = await Comparison.RunAsync(
            "tokens/s",
            repetitions,
            new Side("llama.cpp, prefill", () => Task.FromResult(LlamaPrefill(llama, longPrompt))),
            new Side("this, prefill", () => PrefillAsync(engine, longPrompt))).ConfigureAwait(false);
        report.Compare("side", "0", prefill);

        report.Say(
            $"## {Shared.Length} requests, each with another adapter: {tokens} tokens after a prompt of {PromptTokens}, prompts counted\n\n"
            + "llama.cpp's adapters belong to a context, so requests that differ in them cannot share a batch: its server answers them one after the other, as here. "
            + "The last line is what it gives when all of them want the same adapter.");
        Series[] rows = await Comparison.RunAsync(
            "tokens/s",
            repetitions,
            new Side("llama.cpp, 8 adapters", () => Task.FromResult(LlamaOneByOne(llama, adapters, tokens))),
            new Side("this, 8 adapters", () => TogetherAsync(many, tokens)),
            new Side("llama.cpp, 1 adapter for all", () => Task.FromResult(LlamaTogether(llamaMany, adapters, tokens)))).ConfigureAwait(false);
        report.Compare("side", "0.0", rows);
        report.Write(arguments);
        return 0;
    }

    private static string Gguf(string folder, string adapter) => Path.Combine(folder, adapter + ".gguf");

    private static double LlamaDecode(LlamaModel llama, (string Path, float Scale)[] adapters, int tokens)
    {
        llama.Use(adapters);
        (int token, _) = llama.Prefill(BenchmarkModels.Tokens(PromptTokens));
        return tokens / llama.Decode(token, tokens).TotalSeconds;
    }

    private static async Task<double> DecodeAsync(DlpLoraEngine engine, Mixture mixture, int tokens)
    {
        GenerationResult result = await engine.GenerateAsync(Request(PromptTokens, mixture, tokens + 1)).ConfigureAwait(false);
        return result.Usage.DecodeTokensPerSecond;
    }

    private static double LlamaPrefill(LlamaModel llama, int prompt)
    {
        llama.Use();
        return prompt / llama.Prefill(BenchmarkModels.Tokens(prompt)).Time.TotalSeconds;
    }

    private static async Task<double> PrefillAsync(DlpLoraEngine engine, int prompt)
    {
        GenerationResult result = await engine.GenerateAsync(Request(prompt, Mixture.Empty, 1)).ConfigureAwait(false);
        return prompt / result.Usage.PrefillTime.TotalSeconds;
    }

    private static double LlamaOneByOne(LlamaModel llama, string adapters, int tokens)
    {
        long start = Stopwatch.GetTimestamp();
        foreach (string name in Shared)
        {
            llama.Use((Gguf(adapters, name), 1f));
            (int token, _) = llama.Prefill(BenchmarkModels.Tokens(PromptTokens));
            llama.Decode(token, tokens - 1);
        }

        return Shared.Length * tokens / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double LlamaTogether(LlamaModel llama, string adapters, int tokens)
    {
        llama.Use((Gguf(adapters, Shared[0]), 1f));
        return Shared.Length * tokens / llama.Together(BenchmarkModels.Tokens(PromptTokens), Shared.Length, tokens - 1).TotalSeconds;
    }

    private static async Task<double> TogetherAsync(DlpLoraEngine engine, int tokens)
    {
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Shared.Select(name => engine.GenerateAsync(Request(PromptTokens, Mixture.Of(name), tokens)))).ConfigureAwait(false);
        return Shared.Length * tokens / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static GenerationRequest Request(int prompt, Mixture mixture, int tokens) => new()
    {
        InputIds = BenchmarkModels.Tokens(prompt),
        Mixture = mixture,
        MaxTokens = tokens,
        MinTokens = tokens,
    };
}
