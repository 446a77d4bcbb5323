using System.Globalization;

namespace DlpLora.Benchmarks;

/// <summary>The arguments that every benchmark understands: <c>--quick</c> and <c>--name value</c> pairs.</summary>
internal sealed class BenchmarkArguments
{
    private readonly string[] _arguments;

    public BenchmarkArguments(string[] arguments)
    {
        _arguments = arguments;
        Quick = arguments.Contains("--quick");
    }

    /// <summary>Whether to do no more than show that the benchmark runs; its numbers mean nothing.</summary>
    public bool Quick { get; }

    /// <summary>Where results go: a quick run's are not for keeping.</summary>
    public string ResultFolder => Quick ? Path.Combine(BenchmarkPaths.Artifacts, "benchmarks") : BenchmarkPaths.Results;

    /// <summary>The arguments as they were typed, each after a space; of a rooted path its last name alone, since results are read on other machines.</summary>
    public string Spelled =>
        string.Concat(_arguments.Select(a => " " + (Path.IsPathRooted(a) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(a)) : a)));

    /// <summary>How often to measure: once in a quick run, else what <c>--repetitions</c> says.</summary>
    public int Repetitions(int full) => Quick ? 1 : (int)Number("--repetitions", full);

    public string? Value(string option)
    {
        int place = Array.IndexOf(_arguments, option);
        return place < 0 || place + 1 == _arguments.Length ? null : _arguments[place + 1];
    }

    public double Number(string option, double fallback) =>
        Value(option) is { } text ? double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) : fallback;
}
