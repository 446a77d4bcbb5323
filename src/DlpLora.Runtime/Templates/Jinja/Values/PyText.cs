using System.Globalization;
using System.Text;

namespace DlpLora.Runtime.Templates.Jinja.Values;

/// <summary>Values as Python's <c>str</c> and <c>repr</c> write them.</summary>
internal static class PyText
{
    public static string Str(object? value) => value switch
    {
        string text => text,
        Undefined => string.Empty,
        _ => Repr(value),
    };

    public static string Repr(object? value)
    {
        StringBuilder output = new();
        Repr(output, value, 0);
        return output.ToString();
    }

    /// <summary>The shortest digits that give the number back, in Python's form: <c>1.0</c>, <c>1e-05</c>, <c>1e+16</c>.</summary>
    public static string Number(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        // One digit, a point, the other digits, the exponent: the shortest that round-trips.
        string scientific = value.ToString("E16", CultureInfo.InvariantCulture);
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        int exponent = value == 0 ? 0 : int.Parse(scientific.AsSpan(scientific.IndexOf('E', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);
        string digits = new([.. shortest.Split('E')[0].Where(char.IsAsciiDigit)]);
        digits = digits.Trim('0') is { Length: > 0 } trimmed ? trimmed : "0";
        string sign = double.IsNegative(value) ? "-" : string.Empty;
        if (exponent is < -4 or >= 16)
        {
            string fraction = digits.Length > 1 ? "." + digits[1..] : string.Empty;
            return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        if (exponent < 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        }

        string whole = digits.PadRight(exponent + 1, '0');
        return $"{sign}{whole[..(exponent + 1)]}.{(whole.Length > exponent + 1 ? whole[(exponent + 1)..] : "0")}";
    }

    private static void Repr(StringBuilder output, object? value, int depth)
    {
        Kinds.CheckDepth(depth);
        if (output.Length > RenderContext.MaximumText)
        {
            throw new JinjaError($"builds a text of more than {RenderContext.MaximumText} characters");
        }

        switch (value)
        {
            case null:
                output.Append("None");
                break;
            case bool flag:
                output.Append(flag ? "True" : "False");
                break;
            case long number:
                output.Append(CultureInfo.InvariantCulture, $"{number}");
                break;
            case double number:
                output.Append(Number(number));
                break;
            case string text:
                Quote(output, text);
                break;
            case List<object?> list:
                output.Append('[');
                for (int i = 0; i < list.Count; i++)
                {
                    output.Append(i == 0 ? string.Empty : ", ");
                    Repr(output, list[i], depth + 1);
                }

                output.Append(']');
                break;
            case Dict dict:
                output.Append('{');
                bool first = true;
                foreach ((object? key, object? item) in dict.Items)
                {
                    output.Append(first ? string.Empty : ", ");
                    first = false;
                    Repr(output, key, depth + 1);
                    output.Append(": ");
                    Repr(output, item, depth + 1);
                }

                output.Append('}');
                break;
            case Undefined:
                output.Append("Undefined");
                break;
            default:
                throw new JinjaError($"a {Kinds.NameOf(value)} can't be written as text");
        }
    }

    private static void Quote(StringBuilder output, string text)
    {
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        output.Append(quote);
        foreach (char c in text)
        {
            _ = c switch
            {
                '\\' => output.Append(@"\\"),
                '\n' => output.Append(@"\n"),
                '\r' => output.Append(@"\r"),
                '\t' => output.Append(@"\t"),
                < ' ' or '\x7f' => output.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ when c == quote => output.Append('\\').Append(c),
                _ => output.Append(c),
            };
        }

        output.Append(quote);
    }
}
