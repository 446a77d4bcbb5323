using System.Diagnostics;
using System.Globalization;
using DlpLora.Benchmarks.Reporting;
using DlpLora.OnnxExport;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;

namespace DlpLora.Benchmarks.Batching;

/// <summary>How many tokens a second rows give together, by how many they are and how much their mixtures differ; interleaved in one run.</summary>
internal static class BatchBenchmark
{
    private const int Tokens = 96;
    private const int MaximumRows = 16;

    private static readonly int[] RowCounts = [1, 2, 4, 8, MaximumRows];

    private static readonly (string Name, Func<string[], int, Mixture> Of)[] Patterns =
    [
        ("base", BatchMixtures.Base),
        ("identical", BatchMixtures.Identical),
        ("uniform", BatchMixtures.Uniform),
        ("skewed", BatchMixtures.Skewed),
        ("distinct", BatchMixtures.Distinct),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        BenchmarkArguments arguments = new(args);
        int repetitions = arguments.Repetitions(5);
        int[] counts = arguments.Value("--rows") is { } rows ? [.. rows.Split(',').Select(a => int.Parse(a, CultureInfo.InvariantCulture))] : RowCounts;
        string model = Path.Combine(BenchmarkPaths.GeneratedModels, "smollm2-int4");
        ModelExporter.ExportIfStale(BenchmarkPaths.Gguf, model, new ExportOptions());
        await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(
            model, new DlpLoraOptions { AdapterFolder = BenchmarkPaths.Adapters, MaxConcurrentGenerations = MaximumRows }).ConfigureAwait(false);
        string[] names = [.. engine.Adapters.Names.Order(StringComparer.Ordinal)];

        // [pattern][rows]: a speed each repetition.
        List<double>[][] speeds = [.. Patterns.Select(_ => counts.Select(_ => new List<double>()).ToArray())];
        for (int repetition = -1; repetition < repetitions; repetition++)
        {
            for (int count = 0; count < counts.Length; count++)
            {
                for (int pattern = 0; pattern < Patterns.Length; pattern++)
                {
                    double speed = await MeasureAsync(engine, [.. Enumerable.Range(0, counts[count]).Select(row => Patterns[pattern].Of(names, row))]).ConfigureAwait(false);
                    if (repetition >= 0)
                    {
                        speeds[pattern][count].Add(speed);
                    }
                }
            }
        }

        Report(arguments, counts, speeds, repetitions);
        return 0;
    }

    /// <summary>Tokens of all answers a second, from the first request's arrival to the last one's answer.</summary>
    private static async Task<double> MeasureAsync(DlpLoraEngine engine, Mixture[] mixtures)
    {
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(mixtures.Select((mixture, row) => engine.GenerateAsync(new GenerationRequest
        {
            InputIds = [1, 4093, 198, 2683, 354, 253, 1000 + row, 29],
            Mixture = mixture,
            MaxTokens = Tokens,
            MinTokens = Tokens,
        }))).ConfigureAwait(false);
        return mixtures.Length * Tokens / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Report(BenchmarkArguments arguments, int[] counts, List<double>[][] speeds, int repetitions)
    {
        MarkdownTable table = new("rows", "mixtures of 3", "tokens/s, median", "to 1 row of 3", "to as many identical", "min", "max");
        int identical = Array.FindIndex(Patterns, p => p.Name == "identical");
        for (int count = 0; count < counts.Length; count++)
        {
            for (int pattern = 0; pattern < Patterns.Length; pattern++)
            {
                List<double> own = speeds[pattern][count];
                double[] toOne = [.. own.Zip(speeds[identical][0], (a, b) => a / b)];
                double[] toIdentical = [.. own.Zip(speeds[identical][count], (a, b) => a / b)];
                table.Add(
                    counts[count].ToString(CultureInfo.InvariantCulture),
                    Patterns[pattern].Name,
                    Statistics.Median(own).ToString("0", CultureInfo.InvariantCulture),
                    Number(Statistics.Median(toOne)),
                    Number(Statistics.Median(toIdentical)),
                    Number(toIdentical.Min()),
                    Number(toIdentical.Max()));
            }
        }

        BenchmarkReport report = new("batch", "Rows decoded together");
        report.Say(
            $"SmolLM2-135M-Instruct, int4, q and v slots, 26 adapters of rank 8; each row has a prompt of 8 tokens and answers with {Tokens}, greedy; all rows "
            + "arrive at once. Tokens a second from the first arrival to the last answer: reading the prompts and joining are in it. "
            + $"{repetitions} interleaved repetitions after a warm-up; ratios within one repetition, with the spread of that to as many identical rows.");
        report.Add(table);
        for (int pattern = 0; pattern < Patterns.Length; pattern++)
        {
            for (int count = 0; count < counts.Length; count++)
            {
                report.Keep(new Series($"{Patterns[pattern].Name}, {counts[count]} rows", "tokens/s", speeds[pattern][count]));
            }
        }

        report.Write(arguments);
    }

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
