namespace DlpLora.Runtime.Templates.Jinja.Values;

/// <summary>Methods of lists and mappings, and the way to those of texts. None changes its value: transformers' sandbox forbids it.</summary>
internal static class Methods
{
    public static Callable? Find(object? owner, string name) => owner switch
    {
        string text => TextMethods.Find(text, name),
        Dict dict => OfDict(dict, name),
        List<object?> list => OfList(list, name),
        _ => null,
    };

    private static Callable? OfDict(Dict dict, string name) => name switch
    {
        "get" => new Callable(name, (_, a) => dict.TryGet(a.Only(2, "default").Required(0, "key"), out object? value) ? value : a.Get(1, "default")),
        "keys" => new Callable(name, (_, a) => Listed(a, dict.Keys)),
        "values" => new Callable(name, (_, a) => Listed(a, dict.Values)),
        "items" => new Callable(name, (_, a) => Listed(a, dict.Items.Select(i => (object?)new List<object?> { i.Key, i.Value }))),
        "copy" => new Callable(name, (_, a) => Copy(a, dict)),
        "pop" or "popitem" or "update" or "clear" or "setdefault" => Forbidden(name),
        _ => null,
    };

    private static Callable? OfList(List<object?> list, string name) => name switch
    {
        "index" => new Callable(name, (_, a) => list.FindIndex(item => Operators.AreEqual(item, a.Only(1).Required(0, "value"))) is >= 0 and int index ? (long)index : throw new JinjaError("the list has no such item")),
        "count" => new Callable(name, (_, a) => (long)list.Count(item => Operators.AreEqual(item, a.Only(1).Required(0, "value")))),
        "copy" => new Callable(name, (_, a) => Listed(a, list)),
        "append" or "extend" or "insert" or "pop" or "remove" or "clear" or "sort" or "reverse" => Forbidden(name),
        _ => null,
    };

    private static List<object?> Listed(CallArguments arguments, IEnumerable<object?> items)
    {
        arguments.Only(0);
        return [.. items];
    }

    private static Dict Copy(CallArguments arguments, Dict dict)
    {
        arguments.Only(0);
        Dict copy = new();
        foreach ((object? key, object? value) in dict.Items)
        {
            copy[key] = value;
        }

        return copy;
    }

    private static Callable Forbidden(string name) =>
        new(name, (_, _) => throw new JinjaError($"'{name}' would change its value, which a chat template may not"));
}
