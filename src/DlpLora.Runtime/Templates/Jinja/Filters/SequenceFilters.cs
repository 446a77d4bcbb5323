using DlpLora.Runtime.Templates.Jinja.Values;

namespace DlpLora.Runtime.Templates.Jinja.Filters;

/// <summary>Filters over lists and mappings.</summary>
internal static class SequenceFilters
{
    public static object? First(object? value) => value is Undefined ? value : Kinds.Iterate(value).FirstOrDefault(new Undefined("the sequence is empty"));

    public static object? Last(object? value) => value is Undefined ? value : Kinds.Iterate(value).LastOrDefault(new Undefined("the sequence is empty"));

    public static object? Reverse(object? value) => value is string text ? TextMetrics.Reverse(text) : Kinds.Iterate(value).Reverse().ToList();

    public static object? Items(object? value) => value switch
    {
        Undefined => new List<object?>(),
        Dict dict => Pairs(dict.Items),
        _ => throw new JinjaError($"'items' is given a {Kinds.NameOf(value)}; expected a mapping"),
    };

    public static object? DictSort(RenderContext context, object? value, CallArguments arguments)
    {
        arguments.Only(3, "case_sensitive", "by", "reverse");
        Dict dict = value as Dict ?? throw new JinjaError($"'dictsort' is given a {Kinds.NameOf(value)}; expected a mapping");
        bool exact = Kinds.IsTrue(arguments.Get(0, "case_sensitive", false));
        bool byValue = arguments.Get(1, "by", "key") is "value";
        return Pairs(Ordered(dict.Items, item => Folded(byValue ? item.Value : item.Key, exact), Kinds.IsTrue(arguments.Get(2, "reverse", false))));
    }

    public static object? Sort(RenderContext context, object? value, CallArguments arguments)
    {
        arguments.Only(3, "reverse", "case_sensitive", "attribute");
        bool exact = Kinds.IsTrue(arguments.Get(1, "case_sensitive", false));
        object? attribute = arguments.Get(2, "attribute");
        List<object?> sorted = [.. Ordered(Kinds.Iterate(value), item => Folded(attribute is null ? item : SelectFilters.AttributeOf(item, attribute), exact), Kinds.IsTrue(arguments.Get(0, "reverse", false)))];
        context.SpendItems(sorted.Count);
        return sorted;
    }

    public static object? Unique(RenderContext context, object? value, CallArguments arguments)
    {
        arguments.Only(2, "case_sensitive", "attribute");
        bool exact = Kinds.IsTrue(arguments.Get(0, "case_sensitive", false));
        object? attribute = arguments.Get(1, "attribute");
        Dict seen = new();
        List<object?> unique = [];
        foreach (object? item in Kinds.Iterate(value))
        {
            object? key = Folded(attribute is null ? item : SelectFilters.AttributeOf(item, attribute), exact);
            if (!seen.TryGet(key, out _))
            {
                seen[key] = true;
                unique.Add(item);
            }
        }

        context.SpendItems(unique.Count);
        return unique;
    }

    public static object? Batch(RenderContext context, object? value, CallArguments arguments)
    {
        long size = arguments.Only(1, "linecount").Integer(0, "linecount", 0);
        return size is < 1 or > RenderContext.MaximumItems
            ? throw new JinjaError($"'batch' has the size {size}")
            : Kinds.Iterate(value).Chunk((int)size).Select(chunk => (object?)chunk.ToList()).ToList();
    }

    public static object? GroupBy(RenderContext context, object? value, CallArguments arguments)
    {
        object? attribute = arguments.Only(1, "attribute").Required(0, "attribute");
        return Ordered(Kinds.Iterate(value), item => SelectFilters.AttributeOf(item, attribute), reverse: false)
            .GroupBy(item => PyText.Repr(SelectFilters.AttributeOf(item, attribute)))
            .Select(group => (object?)new List<object?> { SelectFilters.AttributeOf(group.First(), attribute), group.ToList() })
            .ToList();
    }

    public static object? Sum(RenderContext context, object? value, CallArguments arguments)
    {
        object? attribute = arguments.Only(2, "attribute", "start").Get(0, "attribute");
        object? sum = arguments.Get(1, "start", 0L);
        foreach (object? item in Kinds.Iterate(value))
        {
            sum = Operators.Apply(context, "+", sum, attribute is null ? item : SelectFilters.AttributeOf(item, attribute));
        }

        return sum;
    }

    public static object? Extreme(object? value, CallArguments arguments, int sign)
    {
        object? attribute = arguments.Only(2, "case_sensitive", "attribute").Get(1, "attribute");
        bool exact = Kinds.IsTrue(arguments.Get(0, "case_sensitive", false));
        object? best = new Undefined("the sequence is empty");
        object? bestKey = best;
        foreach (object? item in Kinds.Iterate(value))
        {
            object? key = Folded(attribute is null ? item : SelectFilters.AttributeOf(item, attribute), exact);
            if (bestKey is Undefined || Operators.Compare(key, bestKey) * sign > 0)
            {
                (best, bestKey) = (item, key);
            }
        }

        return best;
    }

    private static List<object?> Pairs(IEnumerable<(object? Key, object? Value)> items) =>
        [.. items.Select(item => (object?)new List<object?> { item.Key, item.Value })];

    private static object? Folded(object? key, bool exact) => !exact && key is string text ? text.ToLowerInvariant() : key;

    private static IEnumerable<T> Ordered<T>(IEnumerable<T> items, Func<T, object?> key, bool reverse)
    {
        Comparer<object?> comparer = Comparer<object?>.Create(Operators.Compare);
        return reverse ? items.OrderByDescending(key, comparer) : items.OrderBy(key, comparer);
    }
}
