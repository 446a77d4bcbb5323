using System.Globalization;
using DlpLora.Runtime.Storage;

namespace DlpLora.Runtime.Training;

/// <summary>Examples to train a router on, cleaned, with a report of what was left out.</summary>
public sealed class RouterTrainingData
{
    /// <summary>Fewer rows than this are named in the report.</summary>
    public const int FewRows = 5;

    private const double Imbalance = 20;

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
        return Clean([.. examples], invalidUtf8: 0, message => new ArgumentException(message, nameof(examples)));
    }

    /// <summary>Reads <c>&lt;NN-task&gt;/train.jsonl</c> of every task folder, and nothing else. A task is its folder's name without the leading <c>NN-</c>.</summary>
    /// <param name="folder">The folder with a folder a task.</param>
    /// <param name="tasks">The tasks to take, in this order; null takes all, in the folders' order.</param>
    /// <param name="rowsPerTask">Only the first rows of each file; null takes all.</param>
    /// <exception cref="InvalidFileException">The folder or a task is missing, or a row is no JSON object with a string <c>input</c>.</exception>
    public static RouterTrainingData FromFolders(string folder, IReadOnlyList<string>? tasks = null, int? rowsPerTask = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (rowsPerTask is { } rows)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows, nameof(rowsPerTask));
        }

        List<RouterExample> examples = [];
        int broken = 0;
        foreach ((string task, string path) in TaskFolders.Find(folder, "train", tasks))
        {
            ExampleFile file = ExampleFile.Read(path, label: task, rowsPerTask ?? int.MaxValue);
            examples.AddRange(file.Examples);
            broken += file.InvalidUtf8;
        }

        return Clean(examples, broken, message => new InvalidFileException(folder, string.Empty, message));
    }

    /// <summary>Reads a <c>.jsonl</c> file whose rows have <c>input</c> and <c>task</c>; other fields are ignored.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidFileException">The file is missing, a row is no JSON object with both strings, or a task is no adapter name.</exception>
    public static RouterTrainingData FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ExampleFile file = ExampleFile.Read(path, label: null, int.MaxValue);
        return Clean([.. file.Examples], file.InvalidUtf8, message => new InvalidFileException(path, string.Empty, message));
    }

    private static RouterTrainingData Clean(List<RouterExample> examples, int invalidUtf8, Func<string, Exception> error)
    {
        List<string> labels = [];
        Dictionary<string, string> labelOf = new(StringComparer.Ordinal);
        HashSet<string> contradicted = new(StringComparer.Ordinal);
        HashSet<string> known = new(StringComparer.Ordinal);
        int empty = 0;
        foreach (RouterExample example in examples)
        {
            if (!Storage.SafeName.IsValid(example.Label))
            {
                throw error($"'{example.Label}' is no adapter name; expected [A-Za-z0-9._-]{{1,128}}");
            }

            if (known.Add(example.Label))
            {
                labels.Add(example.Label);
            }

            string text = example.Text?.Trim() ?? string.Empty;
            if (text.Length == 0)
            {
                empty++;
            }
            else if (!labelOf.TryAdd(text, example.Label) && labelOf[text] != example.Label)
            {
                contradicted.Add(text);
            }
        }

        List<RouterExample> used = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        int duplicates = 0;
        int contradictions = 0;
        foreach (RouterExample example in examples)
        {
            string text = example.Text?.Trim() ?? string.Empty;
            if (text.Length == 0)
            {
                continue;
            }

            if (contradicted.Contains(text))
            {
                contradictions++;
            }
            else if (!seen.Add(text))
            {
                duplicates++;
            }
            else
            {
                used.Add(new RouterExample(text, example.Label));
            }
        }

        if (used.Count == 0)
        {
            throw error("has no row to train on; expected at least one with a text and a label");
        }

        Dictionary<string, int> perLabel = labels.ToDictionary(l => l, _ => 0, StringComparer.Ordinal);
        foreach (RouterExample example in used)
        {
            perLabel[example.Label]++;
        }

        string[] kept = [.. labels.Where(l => perLabel[l] > 0)];
        RouterTrainingReport report = new()
        {
            Read = examples.Count,
            Used = used.Count,
            Empty = empty,
            Duplicates = duplicates,
            Contradictions = contradictions,
            InvalidUtf8 = invalidUtf8,
            PerLabel = perLabel,
            Warnings = [.. Warnings(perLabel, examples.Count, empty, duplicates, contradictions, invalidUtf8)],
        };
        return new RouterTrainingData(kept, [.. used], report);
    }

    private static IEnumerable<string> Warnings(
        Dictionary<string, int> perLabel, int read, int empty, int duplicates, int contradictions, int invalidUtf8)
    {
        if (empty > 0)
        {
            yield return Invariant($"{empty} of {read} rows have no text and were left out.");
        }

        if (duplicates > 0)
        {
            yield return Invariant($"{duplicates} of {read} rows repeat another row and were left out.");
        }

        if (contradictions > 0)
        {
            yield return Invariant($"{contradictions} of {read} rows have the same text under two labels and were left out.");
        }

        if (invalidUtf8 > 0)
        {
            yield return Invariant($"{invalidUtf8} of {read} rows are not valid UTF-8; their broken bytes were read as U+FFFD.");
        }

        foreach ((string label, int rows) in perLabel)
        {
            if (rows == 0)
            {
                yield return $"'{label}' has no usable row and was left out.";
            }
            else if (rows < FewRows)
            {
                yield return Invariant($"'{label}' has {rows} rows; with fewer than {FewRows} it will be confused with others.");
            }
        }

        int most = perLabel.Values.Max();
        int least = perLabel.Values.Where(r => r > 0).Min();
        if (most > Imbalance * least)
        {
            yield return Invariant($"The largest label has {most} rows, the smallest {least}; rows of small labels are repeated while training.");
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
