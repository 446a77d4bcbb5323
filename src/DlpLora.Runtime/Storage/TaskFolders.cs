namespace DlpLora.Runtime.Storage;

/// <summary>
/// A folder of tasks: one folder a task with <c>&lt;split&gt;.jsonl</c> inside. A number before the name (<c>07-formal_fallacies</c>)
/// gives the order and is no part of it.
/// </summary>
public static class TaskFolders
{
    /// <summary>A task's name: its folder's name without a leading <c>NN-</c>.</summary>
    /// <param name="folderName">The folder's name.</param>
    public static string TaskName(string folderName)
    {
        ArgumentNullException.ThrowIfNull(folderName);
        int digits = folderName.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return digits > 0 && digits + 1 < folderName.Length && folderName[digits] == '-' ? folderName[(digits + 1)..] : folderName;
    }

    /// <summary>The tasks' files of a split, in the order of the tasks asked for, else of the folders.</summary>
    /// <param name="folder">The folder with a folder a task.</param>
    /// <param name="split">The split: <c>train</c>, <c>test</c>, ...</param>
    /// <param name="tasks">The tasks to take; null takes every folder that has the split.</param>
    /// <exception cref="ArgumentException">The split's name cannot be part of a file's name.</exception>
    /// <exception cref="InvalidFileException">
    /// The folder is missing or cannot be listed, a task's name is not allowed, two folders make the same task, no folder has the split, or
    /// a task asked for is missing.
    /// </exception>
    public static IReadOnlyList<(string Task, string Path)> Find(string folder, string split, IReadOnlyList<string>? tasks = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!SafeName.IsValid(split))
        {
            throw new ArgumentException($"'{split}' is no split's name; expected letters, digits, '.', '_' and '-'.", nameof(split));
        }

        if (!Directory.Exists(folder))
        {
            throw new InvalidFileException(folder, string.Empty, "no such folder; expected one folder a task in it");
        }

        try
        {
            List<(string Task, string Path)> found = List(folder, split, tasks);
            return tasks is null ? found : InOrder(found, folder, split, tasks);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(folder, string.Empty, $"could not be listed ({error.Message})", error);
        }
    }

    private static List<(string Task, string Path)> List(string folder, string split, IReadOnlyList<string>? tasks)
    {
        List<(string Task, string Path)> found = [];
        Dictionary<string, string> folders = new(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            string task = TaskName(Path.GetFileName(path));
            string file = Path.Combine(path, $"{split}.jsonl");
            if (!File.Exists(file) || (tasks is not null && !tasks.Contains(task)))
            {
                continue;
            }

            if (!SafeName.IsValid(task))
            {
                throw new InvalidFileException(path, string.Empty, $"gives the task the name '{task}'; expected letters, digits, '.', '_' and '-'");
            }

            if (!folders.TryAdd(task, path))
            {
                throw new InvalidFileException(path, string.Empty, $"is the task '{task}', which {folders[task]} is already");
            }

            found.Add((task, file));
        }

        return found.Count > 0 || tasks is not null
            ? found
            : throw new InvalidFileException(folder, string.Empty, $"has no '<task>/{split}.jsonl'; expected one a task");
    }

    private static List<(string Task, string Path)> InOrder(
        List<(string Task, string Path)> found, string folder, string split, IReadOnlyList<string> tasks)
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
}
