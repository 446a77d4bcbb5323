using System.Text;
using DlpLora.Runtime.Templates.Jinja.Values;

namespace DlpLora.Runtime.Templates.Jinja.Filters;

/// <summary>Filters that make texts.</summary>
internal static class TextFilters
{
    public static object? Join(RenderContext context, object? value, CallArguments arguments)
    {
        string separator = PyText.Str(arguments.Only(2, "d", "attribute").Get(0, "d", string.Empty));
        object? attribute = arguments.Get(1, "attribute");
        return TextMethods.Join(context, separator, Kinds.Iterate(value).Select(item => PyText.Str(attribute is null ? item : SelectFilters.AttributeOf(item, attribute))));
    }

    public static object? Replace(RenderContext context, object? value, CallArguments arguments) => TextMethods.Replace(
        context, PyText.Str(value), arguments.Only(3, "old", "new", "count").RequiredText(0, "old"), arguments.RequiredText(1, "new"), arguments.Get(2, "count") is null ? -1 : arguments.Integer(2, "count", -1));

    public static object? Indent(RenderContext context, object? value, CallArguments arguments)
    {
        arguments.Only(3, "width", "first", "blank");
        object? width = arguments.Get(0, "width", 4L);
        string space = width is string text ? text : new string(' ', (int)Math.Clamp(arguments.Integer(0, "width", 4), 0, 1024));
        bool first = Kinds.IsTrue(arguments.Get(1, "first", false));
        bool blank = Kinds.IsTrue(arguments.Get(2, "blank", false));
        string[] lines = PyText.Str(value).Split('\n');
        context.SpendText(PyText.Str(value).Length + ((long)lines.Length * space.Length));
        for (int i = 0; i < lines.Length; i++)
        {
            lines[i] = (i == 0 ? first : blank || !string.IsNullOrEmpty(lines[i])) ? space + lines[i] : lines[i];
        }

        return string.Join('\n', lines);
    }

    /// <summary>transformers' <c>tojson</c>: characters as they are, and Python's separators.</summary>
    public static object? ToJson(RenderContext context, object? value, CallArguments arguments)
    {
        arguments.Only(4, "ensure_ascii", "indent", "separators", "sort_keys");
        if (Kinds.IsTrue(arguments.Get(0, "ensure_ascii", false)))
        {
            throw new JinjaError("'tojson' with ensure_ascii is not supported");
        }

        int? indent = arguments.Get(1, "indent") is null ? null : (int)Math.Clamp(arguments.Integer(1, "indent", 0), 0, 64);
        (string item, string key) = arguments.Get(2, "separators") is List<object?> { Count: 2 } pair
            ? (Operators.ExpectText(pair[0], "separators"), Operators.ExpectText(pair[1], "separators"))
            : (indent is null ? ", " : ",", ": ");
        string json = new PyJson(indent, item, key, Kinds.IsTrue(arguments.Get(3, "sort_keys", false))).Write(value);
        context.SpendText(json.Length);
        return json;
    }

    public static string Escape(object? value) => PyText.Str(value)
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace("'", "&#39;", StringComparison.Ordinal)
        .Replace("\"", "&#34;", StringComparison.Ordinal);

    /// <summary>Jinja's title case: words begin after whitespace, hyphens and opening brackets.</summary>
    public static string Title(string text)
    {
        StringBuilder title = new(text.Length);
        bool inWord = false;
        foreach (char c in text)
        {
            title.Append(inWord ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c));
            inWord = !(char.IsWhiteSpace(c) || c is '-' or '(' or '{' or '[' or '<');
        }

        return title.ToString();
    }
}
