namespace DlpLora.Runtime.Templates.Jinja.Values;

/// <summary>A mapping in the order of insertion. Keys are strings, numbers, booleans or null.</summary>
internal sealed class Dict
{
    private static readonly object NullKey = new();
    private readonly OrderedDictionary<object, object?> _items = new(KeyComparer.Instance);

    public int Count => _items.Count;

    public IEnumerable<object?> Keys => _items.Keys.Select(k => ReferenceEquals(k, NullKey) ? null : k);

    public IEnumerable<object?> Values => _items.Values;

    public IEnumerable<(object? Key, object? Value)> Items => _items.Select(p => (ReferenceEquals(p.Key, NullKey) ? null : p.Key, p.Value));

    public object? this[object? key]
    {
        set => _items[Checked(key)] = value;
    }

    public bool TryGet(object? key, out object? value) => _items.TryGetValue(Checked(key), out value);

    private static object Checked(object? key) => key switch
    {
        null => NullKey,
        string or long or double or bool => key,
        Undefined undefined => throw new JinjaError(undefined.Reason),
        _ => throw new JinjaError($"a {Kinds.NameOf(key)} can't be the key of a mapping"),
    };

    private sealed class KeyComparer : IEqualityComparer<object>
    {
        public static readonly KeyComparer Instance = new();

        public new bool Equals(object? x, object? y) => ReferenceEquals(x, y) || Operators.AreEqual(x, y);

        public int GetHashCode(object obj) => obj switch
        {
            string text => string.GetHashCode(text, StringComparison.Ordinal),
            bool flag => (flag ? 1d : 0d).GetHashCode(),
            long number => ((double)number).GetHashCode(),
            _ => obj.GetHashCode(),
        };
    }
}
