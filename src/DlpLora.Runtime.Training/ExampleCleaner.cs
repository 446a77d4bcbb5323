using System.Globalization;

namespace DlpLora.Runtime.Training;

/// <summary>Leaves out what nothing can be learned from, and keeps count.</summary>
internal sealed class ExampleCleaner
{
    /// <summary>As many findings of each problem are kept for the report.</summary>
    private const int MostFindings = 1000;

    private const double Imbalance = 20;

    private readonly List<ExampleRow> _rows = [];
    private readonly List<RouterTrainingFinding> _findings = [];
    private readonly int[] _counts = new int[Enum.GetValues<RouterTrainingProblem>().Length];
    private readonly List<string> _labels = [];
    private readonly Dictionary<string, int> _perLabel = new(StringComparer.Ordinal);
    private int _read;

    /// <summary>Adds a label that may turn out to have no row.</summary>
    public void Expect(string label)
    {
        if (_perLabel.TryAdd(label, 0))
        {
            _labels.Add(label);
        }
    }

    /// <summary>Adds a file's rows and what was noted of the others.</summary>
    public void Add(ExampleFile file)
    {
        _read += file.Read;
        _rows.AddRange(file.Rows);
        foreach (RouterTrainingFinding finding in file.Findings)
        {
            Note(finding);
        }
    }

    /// <summary>Adds an example from memory.</summary>
    public void Add(RouterExample example)
    {
        _read++;
        _rows.Add(new ExampleRow(example, string.Empty, _read));
    }

    /// <summary>What is left, with labels in the order of their first appearance.</summary>
    public (string[] Labels, RouterExample[] Examples, RouterTrainingReport Report) Clean()
    {
        HashSet<string> contradicted = Contradicted();
        List<RouterExample> used = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (ExampleRow row in _rows)
        {
            Expect(row.Example.Label);
            string text = Text(row);
            if (text.Length == 0)
            {
                Note(RouterTrainingProblem.Empty, row, "has no text");
            }
            else if (contradicted.Contains(text))
            {
                Note(RouterTrainingProblem.Contradiction, row, $"'{row.Example.Label}' has a text that comes under another label as well");
            }
            else if (!seen.Add(text))
            {
                Note(RouterTrainingProblem.Duplicate, row, $"'{row.Example.Label}' has this text already");
            }
            else
            {
                used.Add(new RouterExample(text, row.Example.Label));
                _perLabel[row.Example.Label]++;
            }
        }

        RouterTrainingReport report = new()
        {
            Read = _read,
            Used = used.Count,
            Unreadable = Count(RouterTrainingProblem.Unreadable),
            TooLong = Count(RouterTrainingProblem.TooLong),
            Empty = Count(RouterTrainingProblem.Empty),
            Duplicates = Count(RouterTrainingProblem.Duplicate),
            Contradictions = Count(RouterTrainingProblem.Contradiction),
            InvalidUtf8 = Count(RouterTrainingProblem.InvalidUtf8),
            PerLabel = _perLabel,
            Findings = _findings,
            Warnings = [.. Warnings()],
        };
        return ([.. _labels.Where(l => _perLabel[l] > 0)], [.. used], report);
    }

    private static string Text(ExampleRow row) => row.Example.Text?.Trim() ?? string.Empty;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private HashSet<string> Contradicted()
    {
        Dictionary<string, string> labelOf = new(StringComparer.Ordinal);
        HashSet<string> contradicted = new(StringComparer.Ordinal);
        foreach (ExampleRow row in _rows)
        {
            string text = Text(row);
            if (text.Length > 0 && !labelOf.TryAdd(text, row.Example.Label) && labelOf[text] != row.Example.Label)
            {
                contradicted.Add(text);
            }
        }

        return contradicted;
    }

    private int Count(RouterTrainingProblem problem) => _counts[(int)problem];

    private void Note(RouterTrainingProblem problem, ExampleRow row, string detail) =>
        Note(new RouterTrainingFinding(problem, row.Path, row.Line, detail));

    private void Note(RouterTrainingFinding finding)
    {
        if (++_counts[(int)finding.Problem] <= MostFindings)
        {
            _findings.Add(finding);
        }
    }

    private IEnumerable<string> Warnings()
    {
        foreach ((RouterTrainingProblem problem, string what) in ((RouterTrainingProblem, string)[])
        [
            (RouterTrainingProblem.Unreadable, "cannot be read and were left out"),
            (RouterTrainingProblem.TooLong, "are longer than 1 MiB and were left out"),
            (RouterTrainingProblem.Empty, "have no text and were left out"),
            (RouterTrainingProblem.Duplicate, "repeat another row and were left out"),
            (RouterTrainingProblem.Contradiction, "have the same text under two labels and were left out"),
            (RouterTrainingProblem.InvalidUtf8, "are not valid UTF-8; their broken bytes were read as U+FFFD"),
        ])
        {
            if (Count(problem) > 0)
            {
                yield return Invariant($"{Count(problem)} of {_read} rows {what} (first: {_findings.Find(f => f.Problem == problem)}).");
            }
        }

        foreach (RouterTrainingFinding finding in _findings.Where(f => f.Problem == RouterTrainingProblem.Utf16))
        {
            yield return $"{finding.Path}: {finding.Detail}.";
        }

        foreach (string label in _labels)
        {
            int rows = _perLabel[label];
            if (rows == 0)
            {
                yield return $"'{label}' has no usable row and was left out: the router will not know it.";
            }
            else if (rows < RouterTrainingData.FewRows)
            {
                yield return Invariant($"'{label}' has {rows} rows; with fewer than {RouterTrainingData.FewRows} it will be confused with others.");
            }
        }

        int[] sizes = [.. _perLabel.Values.Where(r => r > 0)];
        if (sizes.Length == 1)
        {
            yield return "There is one label alone: the router can only tell it from texts that belong to none.";
        }

        if (sizes.Length > 1 && sizes.Max() > Imbalance * sizes.Min())
        {
            yield return Invariant($"The largest label has {sizes.Max()} rows, the smallest {sizes.Min()}; rows of small labels are repeated while training.");
        }
    }
}
