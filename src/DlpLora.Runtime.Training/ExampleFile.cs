using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace DlpLora.Runtime.Training;

/// <summary>Reads a <c>.jsonl</c> file of examples line by line.</summary>
internal sealed class ExampleFile
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 64 };

    private ExampleFile(List<RouterExample> examples, int invalidUtf8)
    {
        Examples = examples;
        InvalidUtf8 = invalidUtf8;
    }

    public IReadOnlyList<RouterExample> Examples { get; }

    public int InvalidUtf8 { get; }

    /// <summary>Reads the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="label">The label of every row; null reads it from <c>task</c>.</param>
    /// <param name="limit">The most rows to take.</param>
    public static ExampleFile Read(string path, string? label, int limit)
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

        List<RouterExample> examples = [];
        int invalid = 0;
        int number = 0;
        ReadOnlySpan<byte> rest = bytes;
        rest = rest.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? rest[3..] : rest;
        while (!rest.IsEmpty && examples.Count < limit)
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

            if (!Utf8.IsValid(line))
            {
                // Decoding replaces what is broken; the JSON around it may well be sound.
                invalid++;
                line = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(line));
            }

            examples.Add(ReadRow(path, number, line, label));
        }

        return new ExampleFile(examples, invalid);
    }

    private static RouterExample ReadRow(string path, int number, ReadOnlySpan<byte> line, string? label)
    {
        string? input = null;
        string? task = null;
        try
        {
            Utf8JsonReader reader = new(line, ReaderOptions);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new InvalidFileException(path, $"line {number}", "is no JSON object");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isInput = reader.ValueTextEquals("input"u8);
                bool isTask = reader.ValueTextEquals("task"u8);
                reader.Read();
                if ((isInput || (isTask && label is null)) && reader.TokenType != JsonTokenType.String)
                {
                    throw new InvalidFileException(path, $"line {number}", $"has '{(isInput ? "input" : "task")}' of type {reader.TokenType}; expected a string");
                }

                input = isInput ? reader.GetString() : input;
                task = isTask && label is null ? reader.GetString() : task;
                reader.Skip();
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidFileException(path, $"line {number}", $"is no JSON object ({error.Message})", error);
        }

        if (input is null || (label ?? task) is null)
        {
            throw new InvalidFileException(path, $"line {number}", $"has no '{(input is null ? "input" : "task")}'");
        }

        return new RouterExample(input, label ?? task!);
    }
}
