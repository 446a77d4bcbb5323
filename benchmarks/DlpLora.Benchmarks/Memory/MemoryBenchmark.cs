using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
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

        // [marks, kinds, repetitions]
        double[][][] kinds = [.. Marks.Select(_ => ResidentKinds.Names.Select(_ => new double[repetitions]).ToArray())];
        for (int repetition = 0; repetition < repetitions; repetition++)
        {
            Measured[] measured = await RunInsideAsync(model).ConfigureAwait(false);
            for (int i = 0; i < Marks.Length; i++)
            {
                values[i][repetition] = measured[i].Bytes / Megabyte;
                for (int kind = 0; kind < kinds[i].Length; kind++)
                {
                    kinds[i][kind][repetition] = measured[i].Kinds[kind] / Megabyte;
                }
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
        report.Add(ByKind(kinds));
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

    /// <summary>Medians in MiB: what the memory of the first four marks consists of.</summary>
    private static MarkdownTable ByKind(double[][][] kinds)
    {
        MarkdownTable table = new(["MiB after", .. Marks[..4]]);
        for (int kind = 0; kind < ResidentKinds.Names.Length; kind++)
        {
            table.Add([ResidentKinds.Names[kind], .. kinds[..4].Select(mark => BenchmarkReport.Number(Statistics.Median(mark[kind]), "0"))]);
        }

        return table;
    }

    private static async Task<Measured[]> RunInsideAsync(string model)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, ["memory", Inside]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        using Process process = Process.Start(start)!;
        List<Measured> measured = [];
        while (await process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            string[] parts = line.Split(' ');
            nint managedObject = nint.Parse(parts[1], CultureInfo.InvariantCulture);
            measured.Add(new Measured(long.Parse(parts[0], CultureInfo.InvariantCulture), ResidentKinds.Read(process.Id, managedObject, model)));
            await process.StandardInput.WriteLineAsync().ConfigureAwait(false);
            await process.StandardInput.FlushAsync().ConfigureAwait(false);
        }

        await process.WaitForExitAsync().ConfigureAwait(false);
        return process.ExitCode == 0 && measured.Count == Marks.Length
            ? [.. measured]
            : throw new InvalidOperationException($"the measured process ended with {process.ExitCode} after {measured.Count} marks");
    }

    /// <summary>The measured process: at each mark one line, with the address of an object of the managed heap, and then it waits for one.</summary>
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

        static void Mark()
        {
            long bytes = ResidentMemory.Bytes();
            object managed = new();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bytes} {Unsafe.As<object, nint>(ref managed)}"));
            Console.ReadLine();
        }
    }

    private readonly record struct Measured(long Bytes, long[] Kinds);

    private static GenerationRequest Request(int prompt, Mixture mixture) => new()
    {
        InputIds = BenchmarkModels.Tokens(prompt),
        Mixture = mixture,
        MaxTokens = 8,
        MinTokens = 8,
    };
}
