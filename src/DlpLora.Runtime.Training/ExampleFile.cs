using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using DlpLora.Runtime.Storage;

namespace DlpLora.Runtime.Training;

/// <summary>
/// Reads a <c>.jsonl</c> file of examples line by line: UTF-8 with or without a byte order mark, or UTF-16 with one. What a line lacks is
/// noted with its place.
/// </summary>
internal sealed class ExampleFile
{
    /// <summary>Longer rows are left out of training: a router is not trained on books.</summary>
    private const int LongestRow = 1 << 20;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 64 };

    private readonly string _path;
    private readonly string? _label;
    private readonly List<ExampleRow> _rows = [];
    private readonly List<RouterTrainingFinding> _findings = [];
    private InvalidFileException? _first;
    private int _unreadable;

    private ExampleFile(string path, string? label)
    {
        _path = path;
        _label = label;
    }

    public IReadOnlyList<ExampleRow> Rows => _rows;

    public IReadOnlyList<RouterTrainingFinding> Findings => _findings;

    /// <summary>Lines that are not blank.</summary>
    public int Read { get; private set; }

    /// <summary>Reads rows to learn from. Single rows that are broken are left out and noted.</summary>
    /// <param name="path">The file.</param>
    /// <param name="label">The label of every row; null reads it from <c>task</c>.</param>
    /// <param name="limit">The most rows to take.</param>
    /// <exception cref="InvalidFileException">The file cannot be read, or more than a tenth of its rows: then it is no such file.</exception>
    public static ExampleFile ReadForTraining(string path, string? label, int limit)
    {
        ExampleFile file = Open(path, label, limit, LongestRow);
        return (long)file._unreadable * 10 > file.Read ? throw file._first! : file;
    }

    /// <summary>Reads rows to measure on.</summary>
    /// <param name="path">The file.</param>
    /// <param name="label">The label of every row.</param>
    /// <exception cref="InvalidFileException">The file or one of its rows cannot be read.</exception>
    public static IEnumerable<RouterExample> ReadForMeasuring(string path, string label)
    {
        ExampleFile file = Open(path, label, int.MaxValue, longest: int.MaxValue);
        return file._first is null ? file._rows.Select(r => r.Example) : throw file._first;
    }

    /// <summary>Keeps the rows of some tasks, and of each no more than the first so many.</summary>
    public void Keep(IReadOnlyList<string>? tasks, int limit)
    {
        Dictionary<string, int> taken = new(StringComparer.Ordinal);
        int before = _rows.Count;
        _rows.RemoveAll(row =>
        {
            string task = row.Example.Label;
            int rows = taken.GetValueOrDefault(task) + 1;
            taken[task] = rows;
            return rows > limit || (tasks is not null && !tasks.Contains(task));
        });
        Read -= before - _rows.Count;
    }

    private static ExampleFile Open(string path, string? label, int limit, int longest)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(path, string.Empty, $"could not be read ({error.Message})", error);
        }

        ExampleFile file = new(path, label);
        file.ReadLines(file.ToUtf8(bytes), limit, longest);
        return file;
    }

    private ReadOnlySpan<byte> ToUtf8(byte[] bytes)
    {
        switch (bytes)
        {
            case [0xFF, 0xFE, 0, 0, ..] or [0, 0, 0xFE, 0xFF, ..]:
                throw new InvalidFileException(_path, string.Empty, "is UTF-32; expected UTF-8");
            case [0xEF, 0xBB, 0xBF, .. var rest]:
                return rest;
            case [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]:
                Encoding utf16 = bytes[0] == 0xFF ? Encoding.Unicode : Encoding.BigEndianUnicode;
                _findings.Add(new RouterTrainingFinding(RouterTrainingProblem.Utf16, _path, 1, "the file is UTF-16 and was converted; UTF-8 is expected"));
                return Encoding.UTF8.GetBytes(utf16.GetString(bytes, 2, bytes.Length - 2));
            default:
                return bytes;
        }
    }

    private void ReadLines(ReadOnlySpan<byte> rest, int limit, int longest)
    {
        int number = 0;
        while (!rest.IsEmpty && Read < limit)
        {
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            number++;
            line = line.Trim(" \t\r"u8);
            if (line.IsEmpty)
            {
                continue;
            }

            Read++;
            if (line.Length > longest)
            {
                Note(RouterTrainingProblem.TooLong, number, string.Create(CultureInfo.InvariantCulture, $"has {line.Length} bytes; at most {longest} are read"));
                continue;
            }

            if (!Utf8.IsValid(line))
            {
                // Decoding replaces what is broken; the JSON around it may well be sound.
                Note(RouterTrainingProblem.InvalidUtf8, number, "is no valid UTF-8; the broken bytes were read as U+FFFD");
                line = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(line));
            }

            try
            {
                _rows.Add(new ExampleRow(ReadRow(number, line), _path, number));
            }
            catch (InvalidFileException error)
            {
                _first ??= error;
                _unreadable++;
                Note(RouterTrainingProblem.Unreadable, number, error.Problem);
            }
        }
    }

    private void Note(RouterTrainingProblem problem, int line, string detail) =>
        _findings.Add(new RouterTrainingFinding(problem, _path, line, detail));

    private RouterExample ReadRow(int number, ReadOnlySpan<byte> line)
    {
        string? input = null;
        string? task = _label;
        try
        {
            Utf8JsonReader reader = new(line, ReaderOptions);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw Broken(number, "is no JSON object");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isInput = reader.ValueTextEquals("input"u8);
                bool isTask = _label is null && reader.ValueTextEquals("task"u8);
                reader.Read();
                if ((isInput || isTask) && reader.TokenType != JsonTokenType.String)
                {
                    throw Broken(number, $"has '{(isInput ? "input" : "task")}' of type {reader.TokenType}; expected a string");
                }

                input = isInput ? reader.GetString() : input;
                task = isTask ? reader.GetString() : task;
                reader.Skip();
            }

            // What follows the object is an error of the reader's.
            reader.Read();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Broken(number, $"is no JSON object ({error.Message})", error);
        }

        if (input is null || task is null)
        {
            throw Broken(number, $"has no '{(input is null ? "input" : "task")}'");
        }

        return SafeName.IsValid(task)
            ? new RouterExample(input, task)
            : throw Broken(number, $"has the task '{task}', which is no adapter name; expected [A-Za-z0-9._-]{{1,128}}");
    }

    private InvalidFileException Broken(int number, string problem, Exception? cause = null) =>
        new(_path, string.Create(CultureInfo.InvariantCulture, $"line {number}"), problem, cause);
}
