using System.Diagnostics;
using System.Globalization;
using DlpLora.Benchmarks.Measuring;
using DlpLora.Benchmarks.Reporting;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Generation;

namespace DlpLora.Benchmarks.Memory;

/// <summary>How much physical memory a loaded model takes, in processes of their own, and what of it is the KV cache.</summary>
internal static class MemoryBenchmark
{
    private const string Inside = "--inside";
    private const int ShortTokens = 128;
    private const int LongTokens = 2048;

    /// <summary>Longer than an engine waits before it gives memory back.</summary>
    private const int RestSeconds = 12;

    private const double Megabyte = 1 << 20;

    private static readonly string[] Marks =
        ["process started", "model, router, 26 adapters registered", "first answer, routed", "every adapter used once", "2,048 tokens of KV cache written", "at rest for some seconds"];

    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Contains(Inside))
        {
            await MeasureAsync().ConfigureAwait(false);
            return 0;
        }

        BenchmarkArguments arguments = new(args);
        int repetitions = arguments.Repetitions(5);
        string model = BenchmarkModels.Int4();
        double[][] values = [.. Marks.Select(_ => new double[repetitions])];
        for (int repetition = 0; repetition < repetitions; repetition++)
        {
            string[] lines = await RunInsideAsync().ConfigureAwait(false);
            for (int i = 0; i < Marks.Length; i++)
            {
                values[i][repetition] = double.Parse(lines[i], CultureInfo.InvariantCulture) / Megabyte;
            }
        }

        Runtime.Models.ModelManifest manifest = Runtime.Models.ModelManifest.Load(model);
        double weights = new FileInfo(Path.Combine(model, manifest.Graph + ".data")).Length / Megabyte;
        double shortCache = KvCacheSize.Bytes(manifest, ShortTokens) / Megabyte;
        double longCache = KvCacheSize.Bytes(manifest, LongTokens) / Megabyte;
        Series[] resident = [.. Marks.Select((mark, i) => new Series(mark, "MiB", values[i]))];
        BenchmarkReport report = new("memory", "Resident memory");
        report.Say(
            $"A process of its own a repetition, {repetitions} of them; SmolLM2-135M-Instruct, int4: weights of {BenchmarkReport.Number(weights, "0.0")} MiB. "
            + "Resident is everything that the process has in physical memory: .NET, libraries, weights, tokenizer, router, adapters.");
        report.List("after", "0", resident);
        Series withoutCache = new("without the KV cache, 26 adapters used, to the weights", "ratio", [.. values[3].Select(v => (v - shortCache) / weights)]);
        Series registered = new("without the KV cache, 26 adapters registered, one mixture used, to the weights", "ratio", [.. values[2].Select(v => (v - shortCache) / weights)]);
        Series cache = new("what the long cache gives back at rest, to the formula", "ratio", [.. values[4].Zip(values[5], (before, after) => (before - after) / longCache)]);
        report.List("ratio", "0.00", registered, withoutCache, cache);
        long formula = 2L * manifest.Layers * manifest.KeyValueHeads * manifest.HeadSize * sizeof(float);
        report.Say(
            $"KV cache: 2 x {manifest.Layers} layers x {manifest.KeyValueHeads} heads x {manifest.HeadSize} x 4 bytes = {formula:N0} bytes a token by the formula, "
            + $"{KvCacheSize.BytesPerToken(manifest):N0} in the engine's account.");
        report.Write(arguments);
        return 0;
    }

    private static async Task<string[]> RunInsideAsync()
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, ["memory", Inside]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        await process.WaitForExitAsync().ConfigureAwait(false);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return process.ExitCode == 0 && lines.Length == Marks.Length ? lines : throw new InvalidOperationException($"the measured process ended with {process.ExitCode}: {output}");
    }

    /// <summary>The measured process: one line a mark.</summary>
    private static async Task MeasureAsync()
    {
        Mark();
        DlpLoraOptions options = BenchmarkModels.WithAdapters();
        options.RouterFile = BenchmarkPaths.Router;
        await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(BenchmarkModels.Int4(), options).ConfigureAwait(false);
        Mark();
        await engine.GenerateAsync(GenerationRequest.ForUser("How many eggs do 12 hens lay in 4 weeks?") with { MaxTokens = 16, MinTokens = 16 }).ConfigureAwait(false);
        Mark();
        foreach (string name in engine.Adapters.Names)
        {
            await engine.GenerateAsync(Request(16, Mixture.Of(name))).ConfigureAwait(false);
        }

        Mark();
        await engine.GenerateAsync(Request(LongTokens - 8, Mixture.Empty)).ConfigureAwait(false);
        Mark();
        await Task.Delay(TimeSpan.FromSeconds(RestSeconds)).ConfigureAwait(false);
        Mark();

        static void Mark() => Console.WriteLine(ResidentMemory.Bytes());
    }

    private static GenerationRequest Request(int prompt, Mixture mixture) => new()
    {
        InputIds = BenchmarkModels.Tokens(prompt),
        Mixture = mixture,
        MaxTokens = 8,
        MinTokens = 8,
    };
}
