using System.Text.Json;

namespace DlpLora.Runtime.Tokenization.Json;

/// <summary>A value of a stranger's JSON file together with its path, so that every error can name the place.</summary>
internal readonly struct JsonPlace(string file, string path, JsonElement element)
{
    public JsonElement Element => element;

    public string Path => path;

    public InvalidFileException Error(string problem, Exception? cause = null) => new(file, path, problem, cause);

    /// <summary>A property's value, or null where it is missing or JSON's null.</summary>
    public JsonPlace? Optional(string name)
    {
        Expect(JsonValueKind.Object);
        return element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? new JsonPlace(file, $"{path}.{name}", value)
            : null;
    }

    public JsonPlace Required(string name) => Optional(name) ?? throw Error($"has no '{name}'");

    public bool Flag(string name, bool fallback) => Optional(name) is { } value ? value.Bool() : fallback;

    public string Text()
    {
        Expect(JsonValueKind.String);
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw Error("is not valid Unicode", error);
        }
    }

    public bool Bool() => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error($"is a JSON {element.ValueKind}; expected true or false"),
    };

    public int Integer(int minimum, int maximum)
    {
        Expect(JsonValueKind.Number);
        return element.TryGetInt32(out int value) && value >= minimum && value <= maximum
            ? value
            : throw Error($"is {Shortened(element.GetRawText())}; expected an integer from {minimum} to {maximum}");
    }

    public JsonPlace[] Items()
    {
        Expect(JsonValueKind.Array);
        JsonPlace[] items = new JsonPlace[element.GetArrayLength()];
        int i = 0;
        foreach (JsonElement item in element.EnumerateArray())
        {
            items[i] = new JsonPlace(file, $"{path}[{i}]", item);
            i++;
        }

        return items;
    }

    public IEnumerable<(string Name, JsonPlace Value)> Properties()
    {
        Expect(JsonValueKind.Object);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            yield return (property.Name, new JsonPlace(file, $"{path}.{property.Name}", property.Value));
        }
    }

    /// <summary>Refuses a property that is there twice, and one that this library does not know, since its meaning would be left out in silence.</summary>
    public void Only(params ReadOnlySpan<string> known)
    {
        Expect(JsonValueKind.Object);
        int seen = 0;
        foreach (JsonProperty property in element.EnumerateObject())
        {
            int place = known.IndexOf(property.Name);
            if (place < 0)
            {
                throw Error($"has the property '{Shortened(property.Name)}', which this library does not know; expected {string.Join(", ", known!)}");
            }

            if ((seen & (1 << place)) != 0)
            {
                throw Error($"has the property '{property.Name}' twice");
            }

            seen |= 1 << place;
        }
    }

    /// <summary>Refuses a value that would change the result in a way that this library does not do.</summary>
    public void MustBeUnset(string name)
    {
        if (Optional(name) is { } value && !(value.Element.ValueKind == JsonValueKind.String && value.Element.GetString()!.Length == 0)
            && value.Element.ValueKind != JsonValueKind.False)
        {
            throw value.Error($"is {Shortened(value.Element.GetRawText())}; this library does not support it (expected null)");
        }
    }

    public void Expect(JsonValueKind kind)
    {
        if (element.ValueKind != kind)
        {
            throw Error($"is a JSON {element.ValueKind}; expected {kind}");
        }
    }

    public static string Shortened(string text) => text.Length <= 80 ? text : $"{text.AsSpan(0, 80)}...";
}
