using DlpLora.Runtime.Storage;

namespace DlpLora.Runtime.Training;

/// <summary>Examples to train a router on, cleaned, with a report of what was left out.</summary>
public sealed class RouterTrainingData
{
    /// <summary>Fewer rows than this are named in the report.</summary>
    public const int FewRows = 5;

    private RouterTrainingData(string[] labels, RouterExample[] examples, RouterTrainingReport report)
    {
        Labels = labels;
        Examples = examples;
        Report = report;
    }

    /// <summary>The labels, in the order of their first appearance.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The examples.</summary>
    public IReadOnlyList<RouterExample> Examples { get; }

    /// <summary>What was read and what was left out.</summary>
    public RouterTrainingReport Report { get; }

    /// <summary>Takes examples from memory.</summary>
    /// <param name="examples">The examples.</param>
    /// <exception cref="ArgumentException">A label is no adapter name, or nothing is left to train on.</exception>
    public static RouterTrainingData FromExamples(IEnumerable<RouterExample> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ExampleCleaner cleaner = new();
        foreach (RouterExample example in examples)
        {
            if (!SafeName.IsValid(example.Label))
            {
                throw new ArgumentException($"'{example.Label}' is no adapter name; expected [A-Za-z0-9._-]{{1,128}}", nameof(examples));
            }

            cleaner.Add(example);
        }

        return Create(cleaner, message => new ArgumentException(message, nameof(examples)));
    }

    /// <summary>Reads <c>&lt;NN-task&gt;/train.jsonl</c> of every task folder, and nothing else. A task is its folder's name without the leading <c>NN-</c>.</summary>
    /// <remarks>Rows that cannot be read are left out and reported, unless they are more than a tenth of their file.</remarks>
    /// <param name="folder">The folder with a folder a task.</param>
    /// <param name="tasks">The tasks to take, in this order; null takes all, in the folders' order.</param>
    /// <param name="rowsPerTask">Only the first rows of each file; null takes all.</param>
    /// <exception cref="InvalidFileException">
    /// The folder or a task is missing, more than a tenth of a file's rows are no JSON object with a string <c>input</c>, or nothing is left
    /// to train on.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rowsPerTask"/> is zero or negative.</exception>
    public static RouterTrainingData FromFolders(string folder, IReadOnlyList<string>? tasks = null, int? rowsPerTask = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        int limit = Limit(rowsPerTask);
        ExampleCleaner cleaner = new();
        foreach ((string task, string path) in TaskFolders.Find(folder, "train", tasks))
        {
            cleaner.Expect(task);
            cleaner.Add(ExampleFile.ReadForTraining(path, label: task, limit));
        }

        return Create(cleaner, message => new InvalidFileException(folder, string.Empty, message));
    }

    /// <summary>Reads a <c>.jsonl</c> file whose rows have <c>input</c> and <c>task</c>; other fields are ignored.</summary>
    /// <remarks>Rows that cannot be read are left out and reported, unless they are more than a tenth of the file.</remarks>
    /// <param name="path">The file.</param>
    /// <param name="tasks">The tasks to take; null takes all.</param>
    /// <param name="rowsPerTask">Only the first rows of each task; null takes all.</param>
    /// <exception cref="InvalidFileException">
    /// The file or a task is missing, more than a tenth of the rows are no JSON object with both strings and an adapter's name as the task,
    /// or nothing is left to train on.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rowsPerTask"/> is zero or negative.</exception>
    public static RouterTrainingData FromFile(string path, IReadOnlyList<string>? tasks = null, int? rowsPerTask = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        int limit = Limit(rowsPerTask);
        ExampleFile file = ExampleFile.ReadForTraining(path, label: null, int.MaxValue);
        file.Keep(tasks, limit);
        foreach (string task in tasks ?? [])
        {
            if (!file.Rows.Any(r => r.Example.Label == task))
            {
                throw new InvalidFileException(path, task, $"has no row with the task '{task}'");
            }
        }

        ExampleCleaner cleaner = new();
        cleaner.Add(file);
        return Create(cleaner, message => new InvalidFileException(path, string.Empty, message));
    }

    private static int Limit(int? rowsPerTask)
    {
        if (rowsPerTask is { } rows)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows, nameof(rowsPerTask));
        }

        return rowsPerTask ?? int.MaxValue;
    }

    private static RouterTrainingData Create(ExampleCleaner cleaner, Func<string, Exception> error)
    {
        (string[] labels, RouterExample[] examples, RouterTrainingReport report) = cleaner.Clean();
        return examples.Length > 0
            ? new RouterTrainingData(labels, examples, report)
            : throw error("has no row to train on; expected at least one with a text and a label");
    }
}
