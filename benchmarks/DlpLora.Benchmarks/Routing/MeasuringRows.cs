using System.Text.Json;
using DlpLora.Runtime.Storage;
using DlpLora.Runtime.Training;

namespace DlpLora.Benchmarks.Routing;

/// <summary>The rows that only measure: read once, used by every candidate.</summary>
internal sealed class MeasuringRows(string folder)
{
    private readonly Dictionary<string, RouterExample[]> _splits = new(StringComparer.Ordinal);

    /// <summary>Prompts that belong to no task; none where the folder has no such file.</summary>
    public IReadOnlyList<string> Outside { get; } = ReadInputs(Path.Combine(folder, "ood.jsonl"));

    public string Composite { get; } = Path.Combine(folder, "composite.jsonl");

    /// <summary>The names of the core tasks, or of all, as the folder's index gives them.</summary>
    public string[] Tasks(bool all)
    {
        using JsonDocument index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "index.json")));
        return
        [
            .. index.RootElement.GetProperty("tasks").EnumerateArray()
                .Where(t => all || t.GetProperty("core").GetBoolean())
                .Select(t => t.GetProperty("name").GetString()!),
        ];
    }

    /// <summary>The rows of the tasks that have the split.</summary>
    public IReadOnlyList<RouterExample> Of(string split, IReadOnlyList<string> tasks)
    {
        if (!_splits.TryGetValue(split, out RouterExample[]? rows))
        {
            rows =
            [
                .. TaskFolders.Find(folder, split).SelectMany(t => ReadInputs(t.Path).Select(input => new RouterExample(input, t.Task))),
            ];
            _splits.Add(split, rows);
        }

        return [.. rows.Where(r => tasks.Contains(r.Label))];
    }

    private static List<string> ReadInputs(string path)
    {
        List<string> inputs = [];
        if (File.Exists(path))
        {
            foreach (string line in File.ReadLines(path))
            {
                using JsonDocument row = JsonDocument.Parse(line);
                inputs.Add(row.RootElement.GetProperty("input").GetString()!);
            }
        }

        return inputs;
    }
}
