using DlpLora.Runtime.Storage;

namespace DlpLora.Runtime.Evaluation.Tasks;

/// <summary>Reads the rows of tasks, from a folder of tasks (<see cref="TaskFolders"/>) or from one file.</summary>
public static class TaskData
{
    /// <summary>The longest line, in characters.</summary>
    public const int MaximumLine = 1 << 20;

    /// <summary>Reads one split of every task that has it.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="split">The split: <c>train</c>, <c>test</c>, ...</param>
    /// <param name="rowsPerTask">How many rows of each task are read, the first ones; null for all.</param>
    /// <returns>The tasks, in the order of their folders.</returns>
    /// <exception cref="ArgumentException">The split's name cannot be part of a file's name.</exception>
    /// <exception cref="InvalidFileException">The folder is missing, has no such split, or a row is damaged.</exception>
    public static IReadOnlyList<TaskSplit> Read(string folder, string split, int? rowsPerTask = null)
    {
        List<TaskSplit> tasks = [];
        foreach ((string task, string path) in TaskFolders.Find(folder, split))
        {
            tasks.Add(new TaskSplit(task, path, ReadFile(path, rowsPerTask)));
        }

        return tasks;
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
}
