namespace DlpLora.Benchmarks;

/// <summary>One question that a command answers.</summary>
/// <param name="Name">The command.</param>
/// <param name="Question">What it answers.</param>
/// <param name="Usage">Its arguments beside <c>--quick</c>, as they are typed.</param>
/// <param name="Run">Answers it; gives the process's exit code.</param>
internal sealed record Benchmark(string Name, string Question, string Usage, Func<string[], Task<int>> Run)
{
    private const string Quick = "--quick";

    /// <summary>For a benchmark that does not wait for anything.</summary>
    public Benchmark(string name, string question, string usage, Func<string[], int> run)
        : this(name, question, usage, args => Task.FromResult(run(args)))
    {
    }

    /// <summary>The first option among the arguments that is none of this benchmark's; null where there is none. A run takes minutes: a misspelled option should not cost them.</summary>
    public string? Unknown(string[] args)
    {
        string[] known = [Quick, .. Usage.Split(' ', '[', ']').Where(IsOption)];
        return args.FirstOrDefault(a => IsOption(a) && !known.Contains(a));
    }

    private static bool IsOption(string argument) => argument.StartsWith("--", StringComparison.Ordinal);
}
