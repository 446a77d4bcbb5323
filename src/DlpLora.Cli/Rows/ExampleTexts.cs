using System.Text.Json;
using DlpLora.Cli.Hosting;
using DlpLora.Runtime;

namespace DlpLora.Cli.Rows;

/// <summary>Reads the texts of a <c>.jsonl</c> file whose rows have the string <c>input</c>, or <c>text</c>.</summary>
internal static class ExampleTexts
{
    /// <exception cref="InvalidFileException">The file cannot be read, or a row has neither string.</exception>
    public static async Task<IReadOnlyList<string>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        List<string> texts = [];
        try
        {
            using StreamReader reader = new(path);
            await foreach ((int number, string line) in JsonLines.ReadAsync(reader, cancellationToken).ConfigureAwait(false))
            {
                texts.Add(Parse(path, number, line));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(path, string.Empty, $"could not be read ({error.Message})", error);
        }

        return texts;
    }

    private static string Parse(string path, int number, string line) => JsonLines.Parse(
        path,
        $"line {number}",
        line,
        "a string 'input' or 'text' that is not empty",
        row => (row.TryGetProperty("input", out JsonElement text) || row.TryGetProperty("text", out text))
            && text.ValueKind == JsonValueKind.String
            && text.GetString() is { } value
            && !string.IsNullOrWhiteSpace(value)
                ? value
                : throw new InvalidFileException(path, $"line {number}", "expected an object with a string 'input' or 'text' that is not empty"));
}
