using System.Diagnostics;
using DlpLora.Benchmarks.Measuring;
using DlpLora.Benchmarks.Reporting;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Templates;

namespace DlpLora.Benchmarks.PrefixReuse;

/// <summary>The time to the first token where an earlier request has read most of the prompt: the second turn of a conversation, and a shared system prompt.</summary>
internal static class PrefixReuseBenchmark
{
    private const string Question =
        "A farmer has 12 hens, and each hen lays 5 eggs a week. She sells the eggs by the dozen for 3 dollars. How much does she earn in 4 weeks?";

    private const string Rule = "Answer in plain words, say what you are sure of and what you are not, and keep to what the user asked for. ";

    public static async Task<int> RunAsync(string[] args)
    {
        BenchmarkArguments arguments = new(args);
        int repetitions = arguments.Repetitions(9);
        await using DlpLoraEngine without = await LoadAsync(reuse: false).ConfigureAwait(false);
        await using DlpLoraEngine with = await LoadAsync(reuse: true).ConfigureAwait(false);
        BenchmarkReport report = new("prefix", "Time to the first token with prefix reuse");
        report.Say(
            "SmolLM2-135M-Instruct, int4, one adapter pinned, engine loaded, streamed. Before each measured request another one has left what it "
            + $"read in the KV cache. {repetitions} interleaved repetitions after a warm-up; every repetition with words that were not seen before.");
        MarkdownTable tokens = new("request", "prompt tokens", "not computed again");
        await MeasureAsync("second turn of a conversation", SecondTurnAsync).ConfigureAwait(false);
        await MeasureAsync("shared system prompt", SystemPromptAsync).ConfigureAwait(false);
        report.Add(tokens);
        report.Write(arguments);
        return 0;

        async Task MeasureAsync(string name, Func<DlpLoraEngine, int, Task<(double Milliseconds, GenerationUsage Usage)>> measure)
        {
            int number = 0;
            GenerationUsage? last = null;
            Series[] times = await Comparison.RunAsync(
                "ms",
                repetitions,
                new Side($"{name}, read again", async () => (await measure(without, number++).ConfigureAwait(false)).Milliseconds),
                new Side($"{name}, used again", async () =>
                {
                    (double milliseconds, last) = await measure(with, number++).ConfigureAwait(false);
                    return milliseconds;
                })).ConfigureAwait(false);
            report.Compare("request", "0.0", times);
            tokens.Add(name, BenchmarkReport.Number(last!.PromptTokens, "0"), BenchmarkReport.Number(last.CachedTokens, "0"));
        }
    }

    private static Task<DlpLoraEngine> LoadAsync(bool reuse)
    {
        DlpLoraOptions options = BenchmarkModels.WithAdapters();
        options.PrefixReuse = reuse;
        return DlpLoraEngine.LoadAsync(BenchmarkModels.Int4(), options);
    }

    private static async Task<(double Milliseconds, GenerationUsage Usage)> SecondTurnAsync(DlpLoraEngine engine, int number)
    {
        List<ChatMessage> conversation = [new("user", $"Case {number}. {Question}")];
        GenerationResult first = await engine.GenerateAsync(Request(conversation, 64)).ConfigureAwait(false);
        conversation.Add(new("assistant", first.Text!));
        conversation.Add(new("user", "And how much in one year?"));
        return await FirstAsync(engine, Request(conversation, 8)).ConfigureAwait(false);
    }

    private static async Task<(double Milliseconds, GenerationUsage Usage)> SystemPromptAsync(DlpLoraEngine engine, int number)
    {
        // About 300 tokens.
        ChatMessage system = new("system", $"Rules of house {number}. " + string.Concat(Enumerable.Repeat(Rule, 11)));
        await engine.GenerateAsync(Request([system, new("user", "Name a colour.")], 8)).ConfigureAwait(false);
        return await FirstAsync(engine, Request([system, new("user", Question)], 8)).ConfigureAwait(false);
    }

    private static GenerationRequest Request(IReadOnlyList<ChatMessage> messages, int tokens) =>
        new() { Messages = [.. messages], Mixture = Mixture.Of("gsm8k"), MaxTokens = tokens };

    private static async Task<(double Milliseconds, GenerationUsage Usage)> FirstAsync(DlpLoraEngine engine, GenerationRequest request)
    {
        long start = Stopwatch.GetTimestamp();
        double milliseconds = 0;
        GenerationResult? result = null;
        await foreach (GenerationUpdate update in engine.StreamAsync(request).ConfigureAwait(false))
        {
            milliseconds = milliseconds == 0 ? Stopwatch.GetElapsedTime(start).TotalMilliseconds : milliseconds;
            result = update.Result ?? result;
        }

        return (milliseconds, result!.Usage);
    }
}
