using System.Globalization;
using System.Text;

namespace DlpLora.Runtime.Templates.Jinja.Values;

/// <summary>Python's methods of texts.</summary>
internal static class TextMethods
{
    public static Callable? Find(string text, string name) => name switch
    {
        "strip" => new Callable(name, (_, a) => Strip(text, a, start: true, end: true)),
        "lstrip" => new Callable(name, (_, a) => Strip(text, a, start: true, end: false)),
        "rstrip" => new Callable(name, (_, a) => Strip(text, a, start: false, end: true)),
        "split" => new Callable(name, (context, a) => Split(context, text, a, fromEnd: false)),
        "rsplit" => new Callable(name, (context, a) => Split(context, text, a, fromEnd: true)),
        "splitlines" => new Callable(name, (context, a) => Lines(context, text, a)),
        "startswith" => new Callable(name, (_, a) => Affixes(a).Any(p => text.StartsWith(p, StringComparison.Ordinal))),
        "endswith" => new Callable(name, (_, a) => Affixes(a).Any(p => text.EndsWith(p, StringComparison.Ordinal))),
        "removeprefix" => new Callable(name, (_, a) => a.Only(1).RequiredText(0, name) is var p && text.StartsWith(p, StringComparison.Ordinal) ? text[p.Length..] : text),
        "removesuffix" => new Callable(name, (_, a) => a.Only(1).RequiredText(0, name) is { Length: > 0 } p && text.EndsWith(p, StringComparison.Ordinal) ? text[..^p.Length] : text),
        "upper" => new Callable(name, (_, a) => Simple(a, text.ToUpperInvariant())),
        "lower" => new Callable(name, (_, a) => Simple(a, text.ToLowerInvariant())),
        "title" => new Callable(name, (_, a) => Simple(a, Title(text))),
        "capitalize" => new Callable(name, (_, a) => Simple(a, Capitalize(text))),
        "replace" => new Callable(name, (context, a) => Replace(context, text, a.Only(3, "count").RequiredText(0, "old"), a.RequiredText(1, "new"), a.Integer(2, "count", -1))),
        "join" => new Callable(name, (context, a) => Join(context, text, Kinds.Iterate(a.Only(1).Required(0, "items")).Select(i => Operators.ExpectText(i, "join")))),
        "find" => new Callable(name, (_, a) => Index(text, text.IndexOf(a.Only(1).RequiredText(0, "sub"), StringComparison.Ordinal))),
        "rfind" => new Callable(name, (_, a) => Index(text, text.LastIndexOf(a.Only(1).RequiredText(0, "sub"), StringComparison.Ordinal))),
        "index" => new Callable(name, (_, a) => text.IndexOf(a.Only(1).RequiredText(0, "sub"), StringComparison.Ordinal) is >= 0 and int i ? Index(text, i) : throw new JinjaError("the text has no such part")),
        "count" => new Callable(name, (_, a) => Count(text, a.Only(1).RequiredText(0, "sub"))),
        "isdigit" => new Callable(name, (_, a) => Simple(a, text.Length > 0 && text.All(char.IsDigit))),
        "isalpha" => new Callable(name, (_, a) => Simple(a, text.Length > 0 && text.All(char.IsLetter))),
        "isalnum" => new Callable(name, (_, a) => Simple(a, text.Length > 0 && text.All(char.IsLetterOrDigit))),
        "isspace" => new Callable(name, (_, a) => Simple(a, text.Length > 0 && text.All(char.IsWhiteSpace))),
        "isupper" => new Callable(name, (_, a) => Simple(a, text.Any(char.IsUpper) && !text.Any(char.IsLower))),
        "islower" => new Callable(name, (_, a) => Simple(a, text.Any(char.IsLower) && !text.Any(char.IsUpper))),
        _ => null,
    };

    /// <summary>Python's title case: a letter after a character that is no letter is upper, every other is lower.</summary>
    public static string Title(string text)
    {
        StringBuilder title = new(text.Length);
        bool inWord = false;
        foreach (char c in text)
        {
            title.Append(inWord ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c));
            inWord = char.IsLetter(c);
        }

        return title.ToString();
    }

    public static string Capitalize(string text) =>
        text.Length == 0 ? text : string.Concat(char.ToUpperInvariant(text[0]).ToString(CultureInfo.InvariantCulture), text[1..].ToLowerInvariant());

    public static string Strip(string text, CallArguments arguments, bool start, bool end)
    {
        object? set = arguments.Only(1, "chars").Get(0, "chars");
        Func<char, bool> strips = set is null ? char.IsWhiteSpace : Operators.ExpectText(set, "chars").Contains;
        int first = 0;
        int last = text.Length;
        while (start && first < last && strips(text[first]))
        {
            first++;
        }

        while (end && last > first && strips(text[last - 1]))
        {
            last--;
        }

        return text[first..last];
    }

    public static string Replace(RenderContext context, string text, string old, string by, long count)
    {
        if (old.Length == 0)
        {
            throw new JinjaError("'replace' of an empty text is not supported");
        }

        long hits = Count(text, old);
        hits = count < 0 ? hits : Math.Min(hits, count);
        context.SpendText(text.Length + (hits * (by.Length - old.Length)));
        if (count < 0)
        {
            return text.Replace(old, by, StringComparison.Ordinal);
        }

        StringBuilder replaced = new();
        int position = 0;
        for (long i = 0; i < hits; i++)
        {
            int next = text.IndexOf(old, position, StringComparison.Ordinal);
            replaced.Append(text, position, next - position).Append(by);
            position = next + old.Length;
        }

        return replaced.Append(text, position, text.Length - position).ToString();
    }

    public static string Join(RenderContext context, string separator, IEnumerable<string> items)
    {
        StringBuilder joined = new();
        bool first = true;
        foreach (string item in items)
        {
            context.SpendText((long)joined.Length + separator.Length + item.Length > RenderContext.MaximumText ? long.MaxValue : separator.Length + item.Length);
            joined.Append(first ? string.Empty : separator).Append(item);
            first = false;
        }

        return joined.ToString();
    }

    private static T Simple<T>(CallArguments arguments, T value)
    {
        arguments.Only(0);
        return value;
    }

    private static IEnumerable<string> Affixes(CallArguments arguments)
    {
        object? affix = arguments.Only(1).Required(0, "prefix");
        return affix is List<object?> list ? list.Select(item => Operators.ExpectText(item, "prefix")) : [Operators.ExpectText(affix, "prefix")];
    }

    private static long Index(string text, int index) => index < 0 ? -1 : TextMetrics.CodePoints(text.AsSpan(0, index));

    private static long Count(string text, string part)
    {
        if (part.Length == 0)
        {
            return TextMetrics.CodePoints(text) + 1;
        }

        long count = 0;
        for (int i = text.IndexOf(part, StringComparison.Ordinal); i >= 0; i = text.IndexOf(part, i + part.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }

    private static List<object?> Split(RenderContext context, string text, CallArguments arguments, bool fromEnd)
    {
        object? separator = arguments.Only(2, "sep", "maxsplit").Get(0, "sep");
        long limit = arguments.Integer(1, "maxsplit", -1);
        string[] parts = separator is null ? Words(text, limit) : Parts(text, Operators.ExpectText(separator, "sep"), limit, fromEnd);
        context.SpendItems(parts.Length);
        return [.. parts];
    }

    private static string[] Words(string text, long limit) => limit < 0
        ? text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        : throw new JinjaError("'split' at whitespace with a maximum is not supported");

    private static string[] Parts(string text, string separator, long limit, bool fromEnd)
    {
        if (separator.Length == 0)
        {
            throw new JinjaError("'split' has an empty separator");
        }

        string[] parts = text.Split(separator);
        if (limit < 0 || parts.Length - 1 <= limit)
        {
            return parts;
        }

        int kept = (int)limit;
        return fromEnd
            ? [string.Join(separator, parts[..^kept]), .. parts[^kept..]]
            : [.. parts[..kept], string.Join(separator, parts[kept..])];
    }

    private static List<object?> Lines(RenderContext context, string text, CallArguments arguments)
    {
        arguments.Only(0);
        List<object?> lines = [.. text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r')];
        if (lines[^1] is "")
        {
            lines.RemoveAt(lines.Count - 1);
        }

        context.SpendItems(lines.Count);
        return lines;
    }
}
