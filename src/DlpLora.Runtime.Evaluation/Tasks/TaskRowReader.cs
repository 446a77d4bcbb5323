using System.Text.Json;

namespace DlpLora.Runtime.Evaluation.Tasks;

/// <summary>Reads one line of a task's file.</summary>
internal static class TaskRowReader
{
    private const int MaximumDepth = 16;

    public static TaskRow Read(string path, int line, string text)
    {
        string place = $"line {line}";
        if (text.Length > TaskData.MaximumLine)
        {
            throw new InvalidFileException(path, place, $"has {text.Length} characters; expected at most {TaskData.MaximumLine}");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaximumDepth, AllowDuplicateProperties = false });
            JsonElement row = document.RootElement;
            if (row.ValueKind != JsonValueKind.Object)
            {
                throw new InvalidFileException(path, place, $"is a JSON {row.ValueKind}; expected an object");
            }

            TaskRow read = new()
            {
                Id = Text(path, place, row, "id") ?? $"{Path.GetFileName(path)}:{line}",
                Input = Text(path, place, row, "input") ?? throw new InvalidFileException(path, place, "has no 'input'"),
                Output = Text(path, place, row, "output"),
                Choices = Texts(path, place, row, "choices"),
                Answer = Integer(path, place, row, "answer"),
                References = Texts(path, place, row, "refs") ?? [],
            };
            Check(path, place, read);
            return read;
        }
        catch (JsonException error)
        {
            throw new InvalidFileException(path, place, $"is not JSON ({error.Message})", error);
        }
    }

    private static void Check(string path, string place, TaskRow row)
    {
        if (row.Answer is { } answer && (row.Choices is null || answer < 0 || answer >= row.Choices.Count))
        {
            throw new InvalidFileException(path, place, $"has the answer {answer}; expected the number of one of {row.Choices?.Count ?? 0} choices, from 0");
        }

        if (row.Choices is { Count: < 2 or > 26 })
        {
            throw new InvalidFileException(path, place, $"has {row.Choices.Count} choices; expected 2 to 26");
        }
    }

    private static string? Text(string path, string place, JsonElement row, string name)
    {
        if (!row.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        try
        {
            return value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : throw new InvalidFileException(path, place, $"has '{name}' as a JSON {value.ValueKind}; expected a string");
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidFileException(path, place, $"has '{name}' that is not valid Unicode", error);
        }
    }

    private static int? Integer(string path, string place, JsonElement row, string name)
    {
        if (!row.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)
            ? number
            : throw new InvalidFileException(path, place, $"has '{name}' that is no integer");
    }

    private static List<string>? Texts(string path, string place, JsonElement row, string name)
    {
        if (!row.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            throw new InvalidFileException(path, place, $"has '{name}' as a JSON {value.ValueKind}; expected an array of strings");
        }

        List<string> texts = [];
        foreach (JsonElement item in value.EnumerateArray())
        {
            texts.Add(item.ValueKind == JsonValueKind.String
                ? item.GetString()!
                : throw new InvalidFileException(path, place, $"has a JSON {item.ValueKind} in '{name}'; expected strings"));
        }

        return texts;
    }
}
