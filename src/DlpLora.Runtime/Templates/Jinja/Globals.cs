using System.Globalization;
using System.Text;
using DlpLora.Runtime.Templates.Jinja.Values;

namespace DlpLora.Runtime.Templates.Jinja;

/// <summary>The functions that every chat template finds: Jinja's and transformers'.</summary>
internal static class Globals
{
    public static void AddTo(Scope scope)
    {
        Add(scope, "namespace", (_, arguments) => CreateNamespace(arguments));
        Add(scope, "dict", (_, arguments) => CreateDict(arguments));
        Add(scope, "range", Range);
        Add(scope, "raise_exception", (_, arguments) => throw new JinjaError(PyText.Str(arguments.Only(1, "message").Required(0, "message"))));
        Add(scope, "strftime_now", (context, arguments) => Format(context.Clock.GetLocalNow(), arguments.Only(1, "format").RequiredText(0, "format")));
    }

    private static void Add(Scope scope, string name, Func<RenderContext, CallArguments, object?> body) => scope.Set(name, new Callable(name, body));

    private static Namespace CreateNamespace(CallArguments arguments)
    {
        Namespace created = new();
        if (arguments.Only(1, [.. arguments.Named.Keys]).Positional is [Dict initial])
        {
            foreach ((object? key, object? value) in initial.Items)
            {
                created.Attributes[PyText.Str(key)] = value;
            }
        }

        foreach ((string name, object? value) in arguments.Named)
        {
            created.Attributes[name] = value;
        }

        return created;
    }

    private static Dict CreateDict(CallArguments arguments)
    {
        Dict dict = new();
        if (arguments.Positional is [Dict initial, ..])
        {
            foreach ((object? key, object? value) in initial.Items)
            {
                dict[key] = value;
            }
        }

        foreach ((string name, object? value) in arguments.Named)
        {
            dict[name] = value;
        }

        return dict;
    }

    private static List<object?> Range(RenderContext context, CallArguments arguments)
    {
        arguments.Only(3);
        bool single = arguments.Positional.Count == 1;
        long start = single ? 0 : arguments.Integer(0, "start", 0);
        long end = single ? arguments.Integer(0, "stop", 0) : arguments.Integer(1, "stop", 0);
        long step = arguments.Integer(2, "step", 1);
        if (step == 0 || arguments.Positional.Count == 0)
        {
            throw new JinjaError("'range' wants one to three integers, the step not 0");
        }

        double count = Math.Max(0, Math.Ceiling(((double)end - start) / step));
        context.SpendItems(count > RenderContext.MaximumItems ? long.MaxValue : (long)count);
        List<object?> numbers = new((int)count);
        for (int i = 0; i < (int)count; i++)
        {
            numbers.Add(start + (i * step));
        }

        return numbers;
    }

    /// <summary>Python's <c>strftime</c> in the C locale.</summary>
    private static string Format(DateTimeOffset now, string format)
    {
        StringBuilder text = new();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            i++;
            bool unpadded = format[i] == '-' && i + 1 < format.Length;
            i += unpadded ? 1 : 0;
            string part = Part(now, format[i]);
            text.Append(unpadded ? part.TrimStart('0') is { Length: > 0 } trimmed ? trimmed : "0" : part);
        }

        return text.ToString();
    }

    private static string Part(DateTimeOffset now, char code) => code switch
    {
        'Y' => now.ToString("yyyy", CultureInfo.InvariantCulture),
        'y' => now.ToString("yy", CultureInfo.InvariantCulture),
        'm' => now.ToString("MM", CultureInfo.InvariantCulture),
        'B' => now.ToString("MMMM", CultureInfo.InvariantCulture),
        'b' or 'h' => now.ToString("MMM", CultureInfo.InvariantCulture),
        'd' => now.ToString("dd", CultureInfo.InvariantCulture),
        'e' => now.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'j' => now.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        'A' => now.ToString("dddd", CultureInfo.InvariantCulture),
        'a' => now.ToString("ddd", CultureInfo.InvariantCulture),
        'H' => now.ToString("HH", CultureInfo.InvariantCulture),
        'I' => now.ToString("hh", CultureInfo.InvariantCulture),
        'M' => now.ToString("mm", CultureInfo.InvariantCulture),
        'S' => now.ToString("ss", CultureInfo.InvariantCulture),
        'p' => now.ToString("tt", CultureInfo.InvariantCulture),
        'F' => now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        'T' => now.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
        '%' => "%",
        _ => throw new JinjaError($"'strftime_now' has the code '%{code}', which is not supported"),
    };
}
