using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DlpLora.Runtime;

namespace DlpLora.Cli.Hosting;

/// <summary>One JSON object a line, UTF-8, as scripts read and write it.</summary>
internal static class JsonLines
{
    /// <summary>The deepest nesting accepted in a line of input, and no name twice in an object.</summary>
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task WriteAsync<T>(TextWriter writer, T value, JsonTypeInfo<T> type)
    {
        await writer.WriteLineAsync(Serialize(value, type)).ConfigureAwait(false);
        await writer.FlushAsync().ConfigureAwait(false);
    }

    public static string Serialize<T>(T value, JsonTypeInfo<T> type)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Options))
        {
            JsonSerializer.Serialize(json, value, type);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The lines of the reader that are not blank, with their numbers from 1.</summary>
    public static async IAsyncEnumerable<(int Number, string Line)> ReadAsync(
        TextReader reader, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int number = 0;
        while (await ReadOneAsync(reader, number, cancellationToken).ConfigureAwait(false) is { } row)
        {
            yield return row;
            number = row.Number;
        }
    }

    /// <summary>The next line that is not blank, with its number; null at the end.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="number">How many lines were read before.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<(int Number, string Line)?> ReadOneAsync(TextReader reader, int number, CancellationToken cancellationToken)
    {
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                return (number, line);
            }
        }

        return null;
    }

    /// <summary>Reads the object of one line.</summary>
    /// <typeparam name="T">What it holds.</typeparam>
    /// <param name="source">The file's name, for messages.</param>
    /// <param name="place">The line's place in it, for messages.</param>
    /// <param name="line">The line.</param>
    /// <param name="expected">What the object should hold, for messages: "'text'".</param>
    /// <param name="read">Takes what it holds.</param>
    /// <exception cref="InvalidFileException">The line is no JSON object.</exception>
    public static T Parse<T>(string source, string place, string line, string expected, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? read(document.RootElement)
                : throw new InvalidFileException(source, place, $"is a JSON {document.RootElement.ValueKind}; expected an object with {expected}");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidFileException(source, place, $"is not a JSON object ({error.Message})", error);
        }
    }
}
