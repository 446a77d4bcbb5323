using System.Globalization;
using DlpLora.Benchmarks.Reporting;
using DlpLora.OnnxExport;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;

namespace DlpLora.Benchmarks.Options;

/// <summary>What threads, spinning, chunks and concurrency do to prefill and decoding: where the defaults of <see cref="DlpLoraOptions"/> come from.</summary>
internal static class EngineOptionsBenchmark
{
    private const int DecodeTokens = 96;
    private const int PromptTokens = 512;
    private const int Repetitions = 5;

    public static async Task<int> RunAsync()
    {
        string model = Path.Combine(BenchmarkPaths.GeneratedModels, "smollm2-int4");
        ModelExporter.ExportIfStale(BenchmarkPaths.Gguf, model, new ExportOptions());
        int cores = Environment.ProcessorCount;
        (string Name, DlpLoraOptions Options, int Requests)[] sides =
        [
            ("defaults", new(), 1),
            ("Threads = 1", new() { Threads = 1 }, 1),
            ($"Threads = {cores + 1} (one more than cores)", new() { Threads = cores + 1 }, 1),
            ("Spinning = false", new() { Spinning = false }, 1),
            ("PrefillChunk = 64", new() { PrefillChunk = 64 }, 1),
            ("PrefillChunk = 512", new() { PrefillChunk = 512 }, 1),
            ("2 requests, MaxConcurrentGenerations = 1", new() { MaxConcurrentGenerations = 1 }, 2),
            ("2 requests, MaxConcurrentGenerations = 2", new() { MaxConcurrentGenerations = 2 }, 2),
        ];

        List<double>[] prefill = [.. sides.Select(_ => new List<double>())];
        List<double>[] decode = [.. sides.Select(_ => new List<double>())];
        for (int repetition = -1; repetition < Repetitions; repetition++)
        {
            for (int i = 0; i < sides.Length; i++)
            {
                // An engine's threads spin only while it runs a model, but one engine at a time leaves no doubt.
                sides[i].Options.AdapterFolder = BenchmarkPaths.Adapters;
                await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(model, sides[i].Options).ConfigureAwait(false);
                await MeasureAsync(engine, sides[i].Requests, prompt: 8, tokens: 8).ConfigureAwait(false);
                double prefillSpeed = await MeasureAsync(engine, sides[i].Requests, PromptTokens, tokens: 1).ConfigureAwait(false);
                double decodeSpeed = await MeasureAsync(engine, sides[i].Requests, prompt: 1, DecodeTokens).ConfigureAwait(false);
                if (repetition >= 0)
                {
                    prefill[i].Add(prefillSpeed);
                    decode[i].Add(decodeSpeed);
                }
            }
        }

        Report([.. sides.Select(s => s.Name)], prefill, decode);
        return 0;
    }

    /// <summary>Tokens a second over all requests, prompt and answer together.</summary>
    private static async Task<double> MeasureAsync(DlpLoraEngine engine, int requests, int prompt, int tokens)
    {
        GenerationRequest request = new()
        {
            InputIds = [.. Enumerable.Range(0, prompt).Select(i => 1000 + (i * 37 % 20_000))],
            Mixture = Mixture.Of("gsm8k"),
            MaxTokens = tokens,
            MinTokens = tokens,
        };
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, requests).Select(_ => engine.GenerateAsync(request))).ConfigureAwait(false);
        return requests * (prompt + tokens) / System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Report(string[] names, List<double>[] prefill, List<double>[] decode)
    {
        MarkdownTable table = new("options", "prefill of 512, tokens/s", "to the defaults", "decode, tokens/s", "to the defaults");
        for (int i = 0; i < names.Length; i++)
        {
            table.Add(
                names[i],
                Statistics.Median(prefill[i]).ToString("0", CultureInfo.InvariantCulture),
                Statistics.Median(prefill[i].Zip(prefill[0], (a, b) => a / b)).ToString("0.00", CultureInfo.InvariantCulture),
                Statistics.Median(decode[i]).ToString("0", CultureInfo.InvariantCulture),
                Statistics.Median(decode[i].Zip(decode[0], (a, b) => a / b)).ToString("0.00", CultureInfo.InvariantCulture));
        }

        string text =
            $"""
            # Where the defaults of DlpLoraOptions come from

            SmolLM2-135M-Instruct, int4, one adapter, {Repetitions} interleaved repetitions after a warm-up, each with an engine of its own; medians, ratios within one
            repetition. Two requests count the tokens of both.

            Machine: {MachineDescription.Describe()}.

            {table}
            `dotnet run -c Release --project benchmarks/DlpLora.Benchmarks -- options`

            """;
        Console.WriteLine(text);
        Directory.CreateDirectory(BenchmarkPaths.Results);
        File.WriteAllText(Path.Combine(BenchmarkPaths.Results, "engine-options.md"), text);
    }
}
