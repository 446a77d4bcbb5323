using DlpLora.Runtime.Storage;

namespace DlpLora.Runtime.Training;

/// <summary>A folder with one folder a task, each holding <c>&lt;split&gt;.jsonl</c>.</summary>
public static class TaskFolders
{
    /// <summary>A task's name: its folder's name without a leading <c>NN-</c>.</summary>
    /// <param name="folderName">The folder's name.</param>
    public static string TaskName(string folderName)
    {
        ArgumentNullException.ThrowIfNull(folderName);
        int digits = 0;
        while (digits < folderName.Length && char.IsAsciiDigit(folderName[digits]))
        {
            digits++;
        }

        return digits > 0 && digits + 1 < folderName.Length && folderName[digits] == '-' ? folderName[(digits + 1)..] : folderName;
    }

    /// <summary>The tasks' files of a split, in the order of the tasks asked for, else of the folders.</summary>
    /// <param name="folder">The folder with a folder a task.</param>
    /// <param name="split">The split: <c>train</c>, <c>test</c>, ...</param>
    /// <param name="tasks">The tasks to take; null takes every folder that has the split.</param>
    /// <exception cref="InvalidFileException">The folder is missing, two folders make the same task, no folder has the split, or a task asked for is missing.</exception>
    public static IReadOnlyList<(string Task, string Path)> Find(string folder, string split, IReadOnlyList<string>? tasks = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!SafeName.IsValid(split))
        {
            throw new ArgumentException($"'{split}' is no split's name.", nameof(split));
        }

        if (!Directory.Exists(folder))
        {
            throw new InvalidFileException(folder, string.Empty, "no such folder; expected one folder a task in it");
        }

        List<(string Task, string Path)> found = [];
        foreach (string path in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            string task = TaskName(Path.GetFileName(path));
            string file = Path.Combine(path, $"{split}.jsonl");
            if (!File.Exists(file) || (tasks is not null && !tasks.Contains(task)))
            {
                continue;
            }

            if (found.Exists(f => f.Task == task))
            {
                throw new InvalidFileException(path, string.Empty, $"is a second folder of the task '{task}'");
            }

            found.Add((task, file));
        }

        if (tasks is not null)
        {
            List<(string Task, string Path)> ordered = [];
            foreach (string task in tasks)
            {
                int index = found.FindIndex(f => f.Task == task);
                ordered.Add(index >= 0
                    ? found[index]
                    : throw new InvalidFileException(folder, task, $"has no folder '{task}' or 'NN-{task}' with {split}.jsonl"));
            }

            return ordered;
        }

        return found.Count > 0
            ? found
            : throw new InvalidFileException(folder, string.Empty, $"has no folder with {split}.jsonl; expected one a task");
    }
}
