using System.Text.Json;
using DlpLora.Runtime.Training;

namespace DlpLora.Benchmarks.Routing;

/// <summary>What adapters are added from, and what is measured then.</summary>
internal sealed class AddedAdapterRows
{
    /// <summary>With its own rows a task must not weigh more than another.</summary>
    private const int MostRows = 200;

    private AddedAdapterRows(
        IReadOnlyList<RouterExample> training,
        IReadOnlyList<(string Task, string[] Texts)> examples,
        IReadOnlyList<(string Name, RouterExample[] Own, RouterExample[] Others)> splits,
        IReadOnlyList<string> outside)
    {
        Training = training;
        Examples = examples;
        Splits = splits;
        Outside = outside;
    }

    /// <summary>The rows of the labels before, to train the router on.</summary>
    public IReadOnlyList<RouterExample> Training { get; }

    /// <summary>The tasks to add and their examples.</summary>
    public IReadOnlyList<(string Task, string[] Texts)> Examples { get; }

    /// <summary>The rows of the added tasks and of those before.</summary>
    public IReadOnlyList<(string Name, RouterExample[] Own, RouterExample[] Others)> Splits { get; }

    /// <summary>Prompts of no task.</summary>
    public IReadOnlyList<string> Outside { get; }

    /// <summary>Trained on <c>train.jsonl</c>, added from its first rows; measured on the files that only measure.</summary>
    public static AddedAdapterRows ToReport(string data, string[] trained, string[] added, int examples)
    {
        MeasuringRows rows = new(data);
        return new AddedAdapterRows(
            RouterTrainingData.FromFolders(data, trained).Examples,
            [.. added.Select(t => (t, RouterTrainingData.FromFolders(data, [t], examples).Examples.Select(e => e.Text).ToArray()))],
            [.. new[] { "test", "reworded", "bare" }.Select(split => (split, rows.Of(split, added).ToArray(), rows.Of(split, trained).ToArray()))],
            rows.Outside);
    }

    /// <summary>All made of <c>train.jsonl</c>, as <see cref="DevelopmentRows"/> does: contents that were neither trained on nor examples, in four ways.</summary>
    public static AddedAdapterRows ToChoose(string data, string[] trained, string[] added, int examples, ulong seed)
    {
        DevelopmentRows others = new(data, trained, seed, rowsPerTask: null);
        DevelopmentRows own = new(data, added, seed, examples);
        return new AddedAdapterRows(
            others.Training,
            [.. added.Select(t => (t, own.Training.Where(r => r.Label == t).Select(r => r.Text).ToArray()))],
            [
                ("unseen rows", Some(own.SeenWordings), Some(others.SeenWordings)),
                ("unseen wording", Some(own.NewWordings), Some(others.NewWordings)),
                ("own wordings", Some(own.OwnWordings), Some(others.OwnWordings)),
                ("content alone", Some(own.Contents), Some(others.Contents)),
            ],
            DevelopmentPrompts.All);

        static RouterExample[] Some(List<RouterExample> rows) => [.. rows.GroupBy(r => r.Label).SelectMany(g => g.Take(MostRows))];
    }

    /// <summary>The tasks that are trained and those that are added: the core and the others, or two thirds of the core and the third one.</summary>
    public static (string[] Trained, string[] Added) Tasks(string data, bool core)
    {
        using JsonDocument index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(data, "index.json")));
        (string Name, bool Core)[] tasks = [.. index.RootElement.GetProperty("tasks").EnumerateArray().Select(t => (t.GetProperty("name").GetString()!, t.GetProperty("core").GetBoolean()))];
        string[] inside = [.. tasks.Where(t => t.Core).Select(t => t.Name)];
        return core
            ? ([.. inside.Where((_, i) => i % 3 != 1)], [.. inside.Where((_, i) => i % 3 == 1)])
            : (inside, [.. tasks.Where(t => !t.Core).Select(t => t.Name)]);
    }
}
