using System.Diagnostics;
using DlpLora.Benchmarks.Measuring;
using DlpLora.Benchmarks.Reporting;

namespace DlpLora.Benchmarks.Startup;

/// <summary>From the start of a process to its first token, seen from outside: .NET's own start, the command line, loading, one prompt.</summary>
internal static class ColdStartBenchmark
{
    private const string Row = """{"input":"A farmer has 12 hens, and each hen lays 5 eggs a week. How many eggs are that in 4 weeks?"}""";

    public static async Task<int> RunAsync(string[] args)
    {
        BenchmarkArguments arguments = new(args);
        int repetitions = arguments.Repetitions(9);
        string program = arguments.Value("--program") ?? Path.Combine(
            BenchmarkPaths.Root, "src", "DlpLora.Cli", "bin", "Release", "net10.0", OperatingSystem.IsWindows() ? "dlplora.exe" : "dlplora");
        if (!File.Exists(program))
        {
            await Console.Error.WriteLineAsync($"{program} is missing: dotnet build -c Release src/DlpLora.Cli").ConfigureAwait(false);
            return 1;
        }

        string rows = Path.Combine(BenchmarkPaths.Artifacts, "cold-start.jsonl");
        await File.WriteAllTextAsync(rows, Row + "\n").ConfigureAwait(false);
        string[] generate = ["generate", "--model", BenchmarkModels.Int4(), "--input", rows, "--max-tokens", "1", "--json"];
        string[] routed = [.. generate, "--adapters", BenchmarkPaths.Adapters, "--router", BenchmarkPaths.Router];
        BenchmarkReport report = new("cold-start", "From process start to the first token");
        report.Say(
            "`dlplora generate --max-tokens 1`, from the start of the process to its first line of output; SmolLM2-135M-Instruct, int4, its files in the system's cache. "
            + $"{repetitions} interleaved repetitions after a warm-up. `--help` shows what .NET and the command line take of it.");
        Series[] times = await Comparison.RunAsync(
            "ms",
            repetitions,
            new Side("routed among 26 adapters", () => FirstLineAsync(program, routed)),
            new Side("base alone", () => FirstLineAsync(program, generate)),
            new Side("--help", () => FirstLineAsync(program, ["--help"]))).ConfigureAwait(false);
        report.Compare("process", "0", times);
        report.Write(arguments);
        return 0;
    }

    private static async Task<double> FirstLineAsync(string program, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true };
        long started = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        string? line = await process.StandardOutput.ReadLineAsync().ConfigureAwait(false);
        double milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        await process.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        await process.WaitForExitAsync().ConfigureAwait(false);
        return process.ExitCode == 0 && line is not null
            ? milliseconds
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {line}");
    }
}
