using System.Text.Json;

namespace DlpLora.Benchmarks.Tasks;

/// <summary>
/// Answers on disk, one a line, added as they come: a run that was interrupted, or one with another router, generates only what is missing.
/// </summary>
/// <remarks>One process at a time; a second one fails on opening the file.</remarks>
internal sealed class AnswerStore : IDisposable
{
    private readonly Dictionary<string, StoredAnswer> _answers = new(StringComparer.Ordinal);
    private readonly FileStream _stream;
    private readonly StreamWriter _writer;

    public AnswerStore(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        _stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        using (StreamReader reader = new(_stream, leaveOpen: true))
        {
            while (reader.ReadLine() is { } line)
            {
                if (Parse(line) is { } answer)
                {
                    _answers[answer.Key] = answer;
                }
            }
        }

        _stream.Seek(0, SeekOrigin.End);
        _writer = new StreamWriter(_stream) { AutoFlush = true };

        // Whatever a killed run left without its line end must not swallow the next answer.
        _writer.Write('\n');
    }

    public int Count => _answers.Count;

    public StoredAnswer? Find(string key) => _answers.GetValueOrDefault(key);

    public void Add(StoredAnswer answer)
    {
        _answers[answer.Key] = answer;
        _writer.Write(JsonSerializer.Serialize(answer) + "\n");
    }

    public void Dispose() => _writer.Dispose();

    private static StoredAnswer? Parse(string line)
    {
        try
        {
            return line.Length == 0 ? null : JsonSerializer.Deserialize<StoredAnswer>(line);
        }
        catch (JsonException)
        {
            // The last line of a killed run: its answer is generated again.
            return null;
        }
    }
}
