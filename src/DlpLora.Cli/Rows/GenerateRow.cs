using System.Globalization;
using System.Text.Json;
using DlpLora.Cli.Hosting;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;

namespace DlpLora.Cli.Rows;

/// <summary>A row to answer: a text for the chat template or token ids as they are, and perhaps its own mixture.</summary>
/// <param name="Id">The row's id; its number from 0 where it names none.</param>
/// <param name="Input">The user's text, or null where the row has ids.</param>
/// <param name="InputIds">The prompt's token ids, or null where the row has a text.</param>
/// <param name="Mixture">The row's mixture, which wins over options and router; null where it names none.</param>
internal sealed record GenerateRow(string Id, string? Input, int[]? InputIds, Mixture? Mixture)
{
    /// <summary>Reads a row.</summary>
    /// <param name="line">The line.</param>
    /// <param name="source">The file's name, for messages.</param>
    /// <param name="lineNumber">The line's number from 1.</param>
    /// <param name="index">The row's number from 0.</param>
    /// <param name="id">The row's id as far as it could be read.</param>
    /// <exception cref="InvalidFileException">The line is not a row.</exception>
    public static GenerateRow Parse(string line, string source, int lineNumber, int index, out string id)
    {
        string place = $"line {lineNumber}";
        string known = index.ToString(CultureInfo.InvariantCulture);
        try
        {
            return JsonLines.Parse(source, place, line, "'input' or 'input_ids'", root =>
            {
                known = ParseId(root, known, source, place);
                return Parse(root, known, source, place);
            });
        }
        finally
        {
            id = known;
        }
    }

    private static string ParseId(JsonElement root, string fallback, string source, string place)
    {
        if (!root.TryGetProperty("id", out JsonElement id) || id.ValueKind == JsonValueKind.Null)
        {
            return fallback;
        }

        return id.ValueKind == JsonValueKind.String
            ? id.GetString()!
            : throw new InvalidFileException(source, place, $"'id' is a JSON {id.ValueKind}; expected a string");
    }

    private static GenerateRow Parse(JsonElement root, string id, string source, string place)
    {
        bool hasInput = root.TryGetProperty("input", out JsonElement input);
        bool hasIds = root.TryGetProperty("input_ids", out JsonElement ids);
        if (hasInput == hasIds)
        {
            throw new InvalidFileException(source, place, "expected exactly one of 'input' and 'input_ids'");
        }

        if (hasInput && input.ValueKind != JsonValueKind.String)
        {
            throw new InvalidFileException(source, place, $"'input' is a JSON {input.ValueKind}; expected a string");
        }

        Mixture? mixture = root.TryGetProperty("mixture", out JsonElement element) && element.ValueKind != JsonValueKind.Null
            ? ParseMixture(element, source, place)
            : null;
        return new GenerateRow(id, hasInput ? input.GetString() : null, hasIds ? ParseIds(ids, source, place) : null, mixture);
    }

    private static int[] ParseIds(JsonElement element, string source, string place)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            throw new InvalidFileException(source, place, $"'input_ids' is a JSON {element.ValueKind}; expected an array of token ids");
        }

        int[] ids = new int[element.GetArrayLength()];
        for (int i = 0; i < ids.Length; i++)
        {
            if (element[i].ValueKind != JsonValueKind.Number || !element[i].TryGetInt32(out ids[i]))
            {
                throw new InvalidFileException(source, place, $"'input_ids[{i}]' is {element[i].GetRawText()}; expected a token id");
            }
        }

        return ids;
    }

    private static Mixture ParseMixture(JsonElement element, string source, string place)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidFileException(source, place, $"'mixture' is a JSON {element.ValueKind}; expected an object of names and weights");
        }

        List<WeightedAdapter> adapters = [];
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetSingle(out float weight) || !float.IsFinite(weight))
            {
                throw new InvalidFileException(source, place, $"the weight of '{property.Name}' is {property.Value.GetRawText()}; expected a finite number");
            }

            adapters.Add(new WeightedAdapter(property.Name, weight));
        }

        try
        {
            return Mixture.Create([.. adapters]);
        }
        catch (ArgumentException error)
        {
            throw new InvalidFileException(source, place, $"'mixture': {ArgumentMessage.Of(error)}", error);
        }
    }
}
