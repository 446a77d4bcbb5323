using System.Text.Json;
using DlpLora.Runtime;

namespace DlpLora.OnnxExport.Sources;

/// <summary>A JSON file of a Hugging Face folder, read with ranges.</summary>
internal sealed class JsonConfig
{
    private const int MaximumBytes = 64 << 20;

    private readonly JsonElement _root;

    private JsonConfig(string path, JsonElement root)
    {
        Path = path;
        _root = root;
    }

    public string Path { get; }

    /// <exception cref="InvalidFileException">The file is missing, too large, or not a JSON object.</exception>
    public static JsonConfig Load(string path)
    {
        try
        {
            FileInfo file = new(path);
            if (!file.Exists)
            {
                throw new InvalidFileException(path, string.Empty, "not found");
            }

            if (file.Length > MaximumBytes)
            {
                throw new InvalidFileException(path, string.Empty, $"has {file.Length} bytes; expected at most {MaximumBytes}");
            }

            using JsonDocument document = JsonDocument.Parse(
                File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = 32, AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new JsonConfig(path, document.RootElement.Clone())
                : throw new InvalidFileException(path, "$", $"is a JSON {document.RootElement.ValueKind}; expected an object");
        }
        catch (JsonException error)
        {
            throw new InvalidFileException(path, $"line {error.LineNumber + 1}", $"is not JSON ({error.Message})", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(path, string.Empty, $"could not be read ({error.Message})", error);
        }
    }

    /// <summary>A nested object, or null where the key is missing or null.</summary>
    public JsonConfig? Object(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new JsonConfig(Path, value),
        { } value => throw Unexpected(key, value, "an object"),
    };

    public int Int(string key, int minimum, int maximum, int? fallback = null)
    {
        if (Find(key) is not { } value)
        {
            return fallback ?? throw new InvalidFileException(Path, key, "is missing");
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= minimum && number <= maximum
            ? number
            : throw Unexpected(key, value, $"a whole number from {minimum} to {maximum}");
    }

    public double Positive(string key, double maximum, double? fallback = null)
    {
        if (Find(key) is not { } value)
        {
            return fallback ?? throw new InvalidFileException(Path, key, "is missing");
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number > 0 && number <= maximum
            ? number
            : throw Unexpected(key, value, $"a number above 0 and at most {maximum}");
    }

    public bool Flag(string key, bool fallback) => Find(key) switch
    {
        null => fallback,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw Unexpected(key, value, "true or false"),
    };

    public string? Text(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } value => throw Unexpected(key, value, "a text"),
    };

    /// <summary>A whole number or a list of them; empty where the key is missing or null.</summary>
    public int[] Ints(string key)
    {
        if (Find(key) is not { } value)
        {
            return [];
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int one))
        {
            return [one];
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > 1024)
        {
            throw Unexpected(key, value, "a whole number or a short list of them");
        }

        return [.. value.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.Number && e.TryGetInt32(out int n) ? n : throw Unexpected(key, e, "a whole number"))];
    }

    /// <summary>The texts of an object by key.</summary>
    public Dictionary<string, string> Texts()
    {
        Dictionary<string, string> texts = new(StringComparer.Ordinal);
        foreach (JsonProperty property in _root.EnumerateObject())
        {
            texts.Add(property.Name, property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : throw Unexpected(property.Name, property.Value, "a text"));
        }

        return texts;
    }

    private JsonElement? Find(string key) =>
        _root.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private InvalidFileException Unexpected(string key, JsonElement value, string expected)
    {
        string text = value.GetRawText();
        return new InvalidFileException(Path, key, $"is {(text.Length > 80 ? text[..80] + "..." : text)}; expected {expected}");
    }
}
