using System.Text.Json;
using DlpLora.Runtime.Routing.Wordings;
using DlpLora.Runtime.Storage;
using DlpLora.Runtime.Training;

namespace DlpLora.Benchmarks.Routing;

/// <summary>
/// Rows to choose by, made of <c>train.jsonl</c> alone. A fifth of each task's contents and one of its wordings are kept out of training.
/// </summary>
internal sealed class DevelopmentRows
{
    private const float HeldShare = 0.2f;

    /// <summary>With few rows to train on there must be others left to measure on.</summary>
    private const float HeldShareOfFew = 0.5f;

    /// <summary>Makes the split.</summary>
    /// <param name="data">The task folders.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="seed">Which contents are kept out; the wording in turn.</param>
    /// <param name="rowsPerTask">The most rows a task to train on; null for all.</param>
    public DevelopmentRows(string data, string[] tasks, ulong seed, int? rowsPerTask)
    {
        int label = 0;
        foreach ((string task, string path) in TaskFolders.Find(data, "train", tasks))
        {
            (TextAnatomy Row, int Wording)[] rows = [.. Read(path, label)];
            TextAnatomy[] anatomies = [.. rows.Select(r => r.Row)];
            WordingFinder.Mark(anatomies);
            ContentGroups.Mark(anatomies);
            TrainingRandom random = new(seed, stream: 77, substream: (ulong)label++);
            Dictionary<int, bool> held = [];
            int left = rowsPerTask ?? int.MaxValue;
            foreach ((TextAnatomy row, int wording) in rows)
            {
                if (!held.TryGetValue(row.Group, out bool isHeld))
                {
                    isHeld = random.Chance(rowsPerTask is null ? HeldShare : HeldShareOfFew);
                    held.Add(row.Group, isHeld);
                }

                bool newWording = wording == (int)(seed % 3);
                if (isHeld)
                {
                    (newWording ? NewWordings : SeenWordings).Add(new RouterExample(row.Text, task));
                    Contents.Add(new RouterExample(TextComposer.Content(row), task));
                    AddOwnWordings(row, task);
                }
                else if (!newWording && left-- > 0)
                {
                    Training.Add(new RouterExample(row.Text, task));
                }
            }
        }
    }

    public List<RouterExample> Training { get; } = [];

    /// <summary>New contents in wordings that were trained on.</summary>
    public List<RouterExample> SeenWordings { get; } = [];

    /// <summary>New contents in the wording that was kept out.</summary>
    public List<RouterExample> NewWordings { get; } = [];

    /// <summary>New contents in wordings written for this project.</summary>
    public List<RouterExample> OwnWordings { get; } = [];

    /// <summary>New contents without any wording, and without options.</summary>
    public List<RouterExample> Contents { get; } = [];

    private static IEnumerable<(TextAnatomy Row, int Wording)> Read(string path, int label)
    {
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            yield return (
                TextAnatomy.Split(row.RootElement.GetProperty("input").GetString()!, label),
                row.RootElement.GetProperty("template").GetInt32());
        }
    }

    private void AddOwnWordings(TextAnatomy row, string task)
    {
        string content = TextComposer.ContentWithOptions(row);
        foreach (string wording in Routing.OwnWordings.ByTask[task])
        {
            OwnWordings.Add(new RouterExample(wording.Replace("{0}", content, StringComparison.Ordinal), task));
        }
    }
}
