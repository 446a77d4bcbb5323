using System.Text.Json;
using DlpLora.Benchmarks.Measuring;
using DlpLora.Benchmarks.Reporting;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;

namespace DlpLora.Benchmarks.Lookup;

/// <summary>Decoding with guesses from the prompt and the answer, against without: tasks that rewrite their prompt, and tasks that do not.</summary>
internal static class LookupBenchmark
{
    private static readonly string[] Tasks = ["summarize_abstract", "disfl_qa", "text_to_sql", "gsm8k"];

    public static async Task<int> RunAsync(string[] args)
    {
        BenchmarkArguments arguments = new(args);
        if (arguments.Value("--data") is not { } data)
        {
            Console.Error.WriteLine("lookup --data DIR: the folder with the task folders");
            return 2;
        }

        int repetitions = arguments.Repetitions(5);
        int rows = arguments.Quick ? 2 : 12;
        await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(BenchmarkModels.Int4(), BenchmarkModels.WithAdapters()).ConfigureAwait(false);
        BenchmarkReport report = new("lookup", "Prompt lookup");
        report.Say(
            $"SmolLM2-135M-Instruct, int4; the first {rows} test rows of each task with the task's own adapter, greedy; tokens a second after the first token, "
            + $"over all rows. {repetitions} interleaved repetitions after a warm-up.");
        foreach (string task in Tasks)
        {
            GenerationRequest[] requests = [.. Inputs(data, task, rows).Select(i =>
                GenerationRequest.ForUser(i) with { Mixture = Mixture.Of(task), MaxTokens = 160 })];
            int same = 0;
            int tokens = 0;
            int right = 0;
            foreach (GenerationRequest request in requests)
            {
                GenerationResult plain = await engine.GenerateAsync(request).ConfigureAwait(false);
                GenerationResult guessed = await engine.GenerateAsync(request with { PromptLookup = true }).ConfigureAwait(false);
                same += plain.OutputIds.SequenceEqual(guessed.OutputIds) ? 1 : 0;
                tokens += guessed.Usage.CompletionTokens;
                right += guessed.Usage.GuessedRightTokens;
            }

            Series[] speeds = await Comparison.RunAsync(
                "tokens/s",
                repetitions,
                new Side("without", () => SpeedAsync(engine, requests, lookup: false)),
                new Side("prompt lookup", () => SpeedAsync(engine, requests, lookup: true))).ConfigureAwait(false);
            report.Say($"**{task}**: {(double)right / tokens:P0} of the tokens were guessed; {same} of {rows} answers are the same to the token.");
            report.Compare(task, "0.0", speeds);
        }

        report.Write(arguments);
        return 0;
    }

    private static async Task<double> SpeedAsync(DlpLoraEngine engine, GenerationRequest[] requests, bool lookup)
    {
        double seconds = 0;
        int tokens = 0;
        foreach (GenerationRequest request in requests)
        {
            GenerationUsage usage = (await engine.GenerateAsync(request with { PromptLookup = lookup }).ConfigureAwait(false)).Usage;
            seconds += usage.DecodeTime.TotalSeconds;
            tokens += usage.CompletionTokens - 1;
        }

        return tokens / seconds;
    }

    private static IEnumerable<string> Inputs(string data, string task, int rows)
    {
        string folder = Directory.GetDirectories(data, "*" + task).Single();
        foreach (string line in File.ReadLines(Path.Combine(folder, "test.jsonl")).Take(rows))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            yield return row.RootElement.GetProperty("input").GetString()!;
        }
    }
}
