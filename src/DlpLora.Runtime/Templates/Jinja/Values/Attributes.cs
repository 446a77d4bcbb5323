namespace DlpLora.Runtime.Templates.Jinja.Values;

/// <summary>Attributes and items: <c>value.name</c> prefers a method, <c>value[key]</c> prefers an item, as Jinja does.</summary>
internal static class Attributes
{
    public static object? Member(object? owner, string name)
    {
        Operators.FailIfUndefined(owner);
        return Methods.Find(owner, name) is { } method ? method : TryItem(owner, name, out object? value) ? value : Missing(owner, name);
    }

    public static object? Item(object? owner, object? key)
    {
        Operators.FailIfUndefined(owner);
        if (TryItem(owner, key, out object? value))
        {
            return value;
        }

        return key is string name && Methods.Find(owner, name) is { } method ? method : Missing(owner, key);
    }

    public static object Slice(RenderContext context, object? owner, object? start, object? end, object? step)
    {
        Operators.FailIfUndefined(owner);
        string[]? points = owner is string text ? TextMetrics.Split(text) : null;
        List<object?>? list = owner as List<object?>;
        int count = points?.Length ?? list?.Count ?? throw new JinjaError($"a {Kinds.NameOf(owner)} can't be sliced");
        long by = Bound(step, 1);
        if (by == 0)
        {
            throw new JinjaError("a slice has the step 0");
        }

        long low = by > 0 ? 0 : -1;
        long high = by > 0 ? count : count - 1;
        long from = start is null ? (by > 0 ? low : high) : Clamp(Bound(start, 0), count, low, high);
        long to = end is null ? (by > 0 ? high : low) : Clamp(Bound(end, 0), count, low, high);
        List<object?> taken = [];
        for (long i = from; by > 0 ? i < to : i > to; i += by)
        {
            taken.Add(points is null ? list![(int)i] : points[i]);
            if (Math.Abs(by) > count)
            {
                break;
            }
        }

        context.SpendItems(taken.Count);
        return points is null ? taken : string.Concat(taken.Cast<string>());
    }

    private static bool TryItem(object? owner, object? key, out object? value)
    {
        value = null;
        switch (owner)
        {
            case Dict dict:
                return dict.TryGet(key, out value);
            case Namespace space when key is string name:
                return space.Attributes.TryGetValue(name, out value);
            case LoopState loop when key is string name:
                return loop.TryGet(name, out value);
            case List<object?> list when key is long index:
                index += index < 0 ? list.Count : 0;
                bool inside = index >= 0 && index < list.Count;
                value = inside ? list[(int)index] : null;
                return inside;
            case string text when key is long index:
                string[] points = TextMetrics.Split(text);
                index += index < 0 ? points.Length : 0;
                value = index >= 0 && index < points.Length ? points[index] : null;
                return value is not null;
            default:
                return false;
        }
    }

    private static Undefined Missing(object? owner, object? key) => new(
        key is string name ? $"a {Kinds.NameOf(owner)} has no attribute '{name}'" : $"a {Kinds.NameOf(owner)} has no item {PyText.Repr(key)}");

    private static long Bound(object? value, long fallback) => value switch
    {
        null => fallback,
        long number => number,
        bool flag => flag ? 1 : 0,
        _ => throw new JinjaError($"a slice has a bound of kind {Kinds.NameOf(value)}; expected an integer"),
    };

    private static long Clamp(long bound, int count, long low, long high) => Math.Clamp(bound < 0 ? bound + count : bound, low, high);
}
