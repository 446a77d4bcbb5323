using System.Globalization;
using System.Text.Json;
using DlpLora.Benchmarks.Reporting;
using DlpLora.OnnxExport;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;

namespace DlpLora.Benchmarks.Slots;

/// <summary>What the slots cost while decoding: the graph without slots against empty slots, one adapter and three, interleaved in one run.</summary>
internal static class SlotDecodeBenchmark
{
    private const int Tokens = 160;
    private const int Repetitions = 7;
    private const string Prompt = "Write a long story about a lighthouse keeper who finds a map.";

    public static async Task<int> RunAsync()
    {
        string bare = Export("smollm2-int4-none", SlotScope.None);
        string slotted = Export("smollm2-int4", SlotScope.QueryValue);
        await using DlpLoraEngine bareEngine = await DlpLoraEngine.LoadAsync(bare, new DlpLoraOptions()).ConfigureAwait(false);
        await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(
            slotted, new DlpLoraOptions { AdapterFolder = BenchmarkPaths.Adapters }).ConfigureAwait(false);
        (string Name, DlpLoraEngine Engine, Mixture Mixture)[] sides =
        [
            ("no slots in the graph", bareEngine, Mixture.Empty),
            ("slots, empty", engine, Mixture.Empty),
            ("slots, 1 adapter (r = 8)", engine, Mixture.Of("gsm8k")),
            ("slots, 3 adapters (r = 8 each)", engine, Mixture.Create(new("gsm8k", 0.5f), new("piqa", 0.3f), new("text_to_sql", 0.2f))),
        ];

        List<double>[] speeds = [.. sides.Select(_ => new List<double>())];
        for (int repetition = -1; repetition < Repetitions; repetition++)
        {
            for (int i = 0; i < sides.Length; i++)
            {
                GenerationRequest request = new()
                {
                    Prompt = Prompt,
                    Mixture = sides[i].Mixture,
                    MaxTokens = Tokens,
                    MinTokens = Tokens,
                };
                GenerationResult result = await sides[i].Engine.GenerateAsync(request).ConfigureAwait(false);
                if (repetition >= 0)
                {
                    speeds[i].Add(result.Usage.DecodeTokensPerSecond);
                }
            }
        }

        Report(sides.Select(s => s.Name).ToArray(), speeds);
        return 0;
    }

    private static string Export(string name, SlotScope slots)
    {
        string folder = Path.Combine(BenchmarkPaths.GeneratedModels, name);
        ModelExporter.ExportIfStale(BenchmarkPaths.Gguf, folder, new ExportOptions { Slots = slots });
        return folder;
    }

    private static void Report(string[] names, List<double>[] speeds)
    {
        MarkdownTable table = new("graph", "tokens/s, median", "to no slots, median of pairs", "min", "max");
        for (int i = 0; i < names.Length; i++)
        {
            double[] ratios = [.. speeds[i].Zip(speeds[0], (own, none) => own / none)];
            table.Add(
                names[i],
                Statistics.Median(speeds[i]).ToString("0.0", CultureInfo.InvariantCulture),
                Statistics.Median(ratios).ToString("0.000", CultureInfo.InvariantCulture),
                ratios.Min().ToString("0.000", CultureInfo.InvariantCulture),
                ratios.Max().ToString("0.000", CultureInfo.InvariantCulture));
        }

        string text =
            $"""
            # The price of slots while decoding

            SmolLM2-135M-Instruct, int4, greedy, {Tokens} tokens after a prompt of one sentence, {Repetitions} interleaved repetitions after a warm-up;
            q and v slots. Each ratio is taken within one repetition.

            Machine: {MachineDescription.Describe()}.

            {table}
            `dotnet run -c Release --project benchmarks/DlpLora.Benchmarks -- slots`

            """;
        Console.WriteLine(text);
        Directory.CreateDirectory(BenchmarkPaths.Results);
        File.WriteAllText(Path.Combine(BenchmarkPaths.Results, "slots-decode.md"), text);
        using FileStream json = File.Create(Path.Combine(BenchmarkPaths.Results, "slots-decode.json"));
        JsonSerializer.Serialize(json, new { machine = MachineDescription.Describe(), tokens = Tokens, sides = names.Zip(speeds, (name, s) => new { name, tokensPerSecond = s }) });
    }
}
