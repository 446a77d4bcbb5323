using DlpLora.Runtime.Templates.Jinja.Values;

namespace DlpLora.Runtime.Templates.Jinja.Filters;

/// <summary>Filters that run another filter or a test over every item.</summary>
internal static class SelectFilters
{
    public static object? Map(RenderContext context, object? value, CallArguments arguments)
    {
        List<object?> mapped = [];
        if (arguments.Named.TryGetValue("attribute", out object? attribute))
        {
            object? fallback = arguments.Get(int.MaxValue, "default");
            foreach (object? item in Kinds.Iterate(value))
            {
                object? found = AttributeOf(item, attribute);
                mapped.Add(found is Undefined && fallback is not null ? fallback : found);
            }

            return mapped;
        }

        string name = arguments.RequiredText(0, "filter");
        Filter filter = FilterTable.Find(name) ?? throw new JinjaError($"the filter '{name}' is not supported");
        CallArguments rest = Rest(arguments, 1);
        foreach (object? item in Kinds.Iterate(value))
        {
            mapped.Add(filter(context, item, rest));
        }

        context.SpendItems(mapped.Count);
        return mapped;
    }

    public static object? Select(RenderContext context, object? value, CallArguments arguments, bool keep)
    {
        (Test test, CallArguments rest) = TestOf(arguments, 0);
        return Kept(context, value, item => test(item, rest) == keep);
    }

    public static object? SelectAttribute(RenderContext context, object? value, CallArguments arguments, bool keep)
    {
        object? attribute = arguments.Required(0, "attribute");
        (Test test, CallArguments rest) = TestOf(arguments, 1);
        return Kept(context, value, item => test(AttributeOf(item, attribute), rest) == keep);
    }

    /// <summary>An attribute by a path with dots, <c>function.name</c>.</summary>
    public static object? AttributeOf(object? item, object? attribute)
    {
        if (attribute is not string path)
        {
            return Attributes.Item(item, attribute);
        }

        foreach (string part in path.Split('.'))
        {
            item = Attributes.Item(item, long.TryParse(part, out long index) ? index : part);
        }

        return item;
    }

    private static List<object?> Kept(RenderContext context, object? value, Func<object?, bool> keeps)
    {
        List<object?> kept = [.. Kinds.Iterate(value).Where(keeps)];
        context.SpendItems(kept.Count);
        return kept;
    }

    private static (Test Test, CallArguments Remaining) TestOf(CallArguments arguments, int index)
    {
        if (arguments.Positional.Count <= index)
        {
            return ((item, _) => Kinds.IsTrue(item), CallArguments.None);
        }

        string name = arguments.RequiredText(index, "test");
        return (TestTable.Find(name) ?? throw new JinjaError($"the test '{name}' is not supported"), Rest(arguments, index + 1));
    }

    private static CallArguments Rest(CallArguments arguments, int taken) => new([.. arguments.Positional.Skip(taken)], arguments.Named);
}
