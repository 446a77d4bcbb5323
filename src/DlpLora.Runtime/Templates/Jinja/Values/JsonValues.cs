using System.Text.Json;

namespace DlpLora.Runtime.Templates.Jinja.Values;

/// <summary>A caller's values as the values of a template.</summary>
internal static class JsonValues
{
    public static object? From(object? value) => value switch
    {
        null or bool or long or string or Dict or List<object?> => value,
        int number => (long)number,
        float number => (double)number,
        double => value,
        JsonElement element => From(element),
        IEnumerable<string> texts => texts.Select(t => (object?)t).ToList(),
        _ => throw new JinjaError($"a variable of the type {value.GetType().Name} can't be given to a template; expected null, bool, int, long, double, string or JsonElement"),
    };

    public static object? From(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.True:
            case JsonValueKind.False:
                return element.GetBoolean();
            case JsonValueKind.Number:
                return element.TryGetInt64(out long integer) ? (object)integer : element.GetDouble();
            case JsonValueKind.Array:
                return element.EnumerateArray().Select(From).ToList();
            case JsonValueKind.Object:
                Dict dict = new();
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    dict[property.Name] = From(property.Value);
                }

                return dict;
            default:
                return null;
        }
    }
}
