namespace DlpLora.Runtime.Templates.Jinja.Values;

/// <summary>What kinds of values there are: null, bool, long, double, string, lists, <see cref="Dict"/>, <see cref="Namespace"/>, callables.</summary>
internal static class Kinds
{
    /// <summary>The kind's name as a Python error gives it.</summary>
    public static string NameOf(object? value) => value switch
    {
        null => "None",
        Undefined => "undefined",
        bool => "bool",
        long => "int",
        double => "float",
        string => "str",
        List<object?> => "list",
        Dict => "dict",
        Namespace => "namespace",
        Callable => "function",
        _ => "object",
    };

    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        List<object?> list => list.Count > 0,
        Dict dict => dict.Count > 0,
        _ => true,
    };

    public static void CheckDepth(int depth)
    {
        if (depth > RenderContext.MaximumValueDepth)
        {
            throw new JinjaError($"has a value that is nested more than {RenderContext.MaximumValueDepth} deep");
        }
    }

    /// <summary>The items that a loop over a value sees: a text's characters (whole code points), a mapping's keys.</summary>
    public static IEnumerable<object?> Iterate(object? value) => value switch
    {
        List<object?> list => list,
        Dict dict => dict.Keys,
        string text => text.EnumerateRunes().Select(rune => (object?)rune.ToString()),
        Undefined => [],
        _ => throw new JinjaError($"a {NameOf(value)} can't be iterated over"),
    };

    public static long LengthOf(object? value) => value switch
    {
        string text => TextMetrics.CodePoints(text),
        List<object?> list => list.Count,
        Dict dict => dict.Count,
        Undefined => 0,
        _ => throw new JinjaError($"a {NameOf(value)} has no length"),
    };
}
