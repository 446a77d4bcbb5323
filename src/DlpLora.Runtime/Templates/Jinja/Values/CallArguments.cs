namespace DlpLora.Runtime.Templates.Jinja.Values;

/// <summary>The evaluated arguments of a call, a filter or a test.</summary>
internal sealed class CallArguments(IReadOnlyList<object?> positional, IReadOnlyDictionary<string, object?> named)
{
    public static readonly CallArguments None = new([], new Dictionary<string, object?>());

    public IReadOnlyList<object?> Positional => positional;

    public IReadOnlyDictionary<string, object?> Named => named;

    /// <summary>The argument at a position or of a name, or a default.</summary>
    public object? Get(int index, string name, object? fallback = null) =>
        index < positional.Count ? positional[index] : named.TryGetValue(name, out object? value) ? value : fallback;

    public object? Required(int index, string name) =>
        index < positional.Count || named.ContainsKey(name) ? Get(index, name) : throw new JinjaError($"is called without its argument '{name}'");

    public string RequiredText(int index, string name) => Operators.ExpectText(Required(index, name), name);

    public long Integer(int index, string name, long fallback) => Get(index, name, fallback) switch
    {
        long number => number,
        bool flag => flag ? 1 : 0,
        var other => throw new JinjaError($"has the argument '{name}' of kind {Kinds.NameOf(other)}; expected an integer"),
    };

    /// <summary>Refuses arguments beyond those that are known.</summary>
    public CallArguments Only(int positions, params ReadOnlySpan<string> names)
    {
        if (positional.Count > positions)
        {
            throw new JinjaError($"is called with {positional.Count} arguments; expected at most {positions}");
        }

        foreach (string name in named.Keys)
        {
            if (!names.Contains(name))
            {
                throw new JinjaError($"is called with the unknown argument '{name}'");
            }
        }

        return this;
    }
}
