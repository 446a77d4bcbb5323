using DlpLora.Benchmarks.Measuring;
using DlpLora.Benchmarks.Reporting;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;

namespace DlpLora.Benchmarks.Prefill;

/// <summary>How fast prompts of several lengths are read, with and without adapters.</summary>
internal static class PrefillBenchmark
{

    public static async Task<int> RunAsync(string[] args)
    {
        BenchmarkArguments arguments = new(args);
        int repetitions = arguments.Repetitions(5);
        int[] lengths = arguments.Quick ? [32, 64] : [64, 128, 512, 1024];
        await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(BenchmarkModels.Int4(), BenchmarkModels.WithAdapters()).ConfigureAwait(false);
        BenchmarkReport report = new("prefill", "Reading prompts");
        report.Say(
            $"SmolLM2-135M-Instruct, int4, q and v slots; {repetitions} interleaved repetitions after a warm-up. Tokens a second of the prompt's run through the model; "
            + "the time to the first token of each length is its tokens over its speed (what routing and tokenizing add: `first-token`).");
        List<Side> sides = [];
        foreach (int length in lengths)
        {
            sides.Add(new Side($"{length} tokens, base", () => PrefillAsync(engine, length, Mixture.Empty)));
            sides.Add(new Side($"{length} tokens, 3 adapters", () => PrefillAsync(engine, length, BenchmarkModels.Three)));
        }

        Series[] speeds = await Comparison.RunAsync("tokens/s", repetitions, sides).ConfigureAwait(false);
        for (int i = 0; i < lengths.Length; i++)
        {
            report.Compare("prompt", "0", speeds[2 * i], speeds[(2 * i) + 1]);
            report.Say($"{lengths[i]} tokens take {BenchmarkReport.Number(lengths[i] * 1000 / speeds[2 * i].Median, "0")} ms.");
        }

        report.Write(arguments);
        return 0;
    }

    private static async Task<double> PrefillAsync(DlpLoraEngine engine, int length, Mixture mixture)
    {
        GenerationResult result = await engine.GenerateAsync(
            new GenerationRequest { InputIds = BenchmarkModels.Tokens(length), Mixture = mixture, MaxTokens = 1, MinTokens = 1 }).ConfigureAwait(false);
        return length / result.Usage.PrefillTime.TotalSeconds;
    }
}
