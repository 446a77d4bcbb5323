using DlpLora.Runtime.Storage;

namespace DlpLora.Runtime.Evaluation.Tasks;

/// <summary>
/// A folder of tasks: one folder a task with <c>&lt;split&gt;.jsonl</c> inside. A number before the name (<c>07-formal_fallacies</c>)
/// gives the order and is no part of it.
/// </summary>
public static class TaskData
{
    /// <summary>The longest line, in characters.</summary>
    public const int MaximumLine = 1 << 20;

    /// <summary>Reads one split of every task that has it.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="split">The split: <c>train</c>, <c>test</c>, ...</param>
    /// <param name="rowsPerTask">How many rows of each task are read, the first ones; null for all.</param>
    /// <returns>The tasks, in the order of their folders.</returns>
    /// <exception cref="InvalidFileException">The folder is missing, has no such split, or a row is damaged.</exception>
    public static IReadOnlyList<TaskSplit> Read(string folder, string split, int? rowsPerTask = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!SafeName.IsValid(split))
        {
            throw new ArgumentException($"'{split}' is no split's name; expected letters, digits, '.', '_' and '-'", nameof(split));
        }

        if (!Directory.Exists(folder))
        {
            throw new InvalidFileException(folder, string.Empty, "is no folder; expected one folder a task inside");
        }

        List<TaskSplit> tasks = [];
        Dictionary<string, string> folders = new(StringComparer.Ordinal);
        foreach (string task in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            string file = Path.Combine(task, split + ".jsonl");
            if (!File.Exists(file))
            {
                continue;
            }

            string name = NameOf(Path.GetFileName(task));
            if (!SafeName.IsValid(name))
            {
                throw new InvalidFileException(task, string.Empty, $"gives the task the name '{name}'; expected letters, digits, '.', '_' and '-'");
            }

            if (!folders.TryAdd(name, task))
            {
                throw new InvalidFileException(task, string.Empty, $"is the task '{name}', which {folders[name]} is already");
            }

            tasks.Add(new TaskSplit(name, file, ReadFile(file, rowsPerTask)));
        }

        return tasks.Count > 0 ? tasks : throw new InvalidFileException(folder, string.Empty, $"has no '<task>/{split}.jsonl'");
    }

    /// <summary>Reads a file of rows.</summary>
    /// <param name="path">A <c>.jsonl</c> file: <c>input</c>, and where there are any <c>output</c>, <c>choices</c>, <c>answer</c>, <c>refs</c>, <c>id</c>.</param>
    /// <param name="limit">How many rows are read, the first ones; null for all.</param>
    /// <exception cref="InvalidFileException">The file can't be read, or a row is damaged; the error names the line.</exception>
    public static IReadOnlyList<TaskRow> ReadFile(string path, int? limit = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (limit is { } checkedLimit)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(checkedLimit, nameof(limit));
        }

        List<TaskRow> rows = [];
        try
        {
            int line = 0;
            foreach (string text in File.ReadLines(path))
            {
                line++;
                if (limit is { } most && rows.Count == most)
                {
                    break;
                }

                if (!string.IsNullOrWhiteSpace(text))
                {
                    rows.Add(TaskRowReader.Read(path, line, text));
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(path, string.Empty, $"can't be read: {error.Message}", error);
        }

        return rows.Count > 0 ? rows : throw new InvalidFileException(path, string.Empty, "has no row");
    }

    /// <summary>The task's name of a folder's: without a number before it.</summary>
    private static string NameOf(string folder)
    {
        int digits = folder.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return digits > 0 && folder[digits] == '-' ? folder[(digits + 1)..] : folder;
    }
}
