using System.Globalization;
using DlpLora.Runtime.Templates.Jinja.Values;

namespace DlpLora.Runtime.Templates.Jinja.Filters;

/// <summary>Filters over numbers.</summary>
internal static class Compute
{
    public static object Absolute(object? value) => value switch
    {
        long number => (object)checked(number < 0 ? -number : number),
        double number => Math.Abs(number),
        _ => throw new JinjaError($"'abs' is given a {Kinds.NameOf(value)}"),
    };

    public static object? Integer(object? value, CallArguments arguments) => value switch
    {
        long => value,
        bool flag => flag ? 1L : 0L,
        double number when Math.Abs(number) < long.MaxValue => (long)number,
        string text when long.TryParse(text.AsSpan().Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => number,
        string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && Math.Abs(number) < long.MaxValue => (long)number,
        _ => arguments.Get(0, "default", 0L),
    };

    public static object? Float(object? value, CallArguments arguments) =>
        Operators.TryNumber(value, out double number) ? number
        : value is string text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) ? number
        : arguments.Get(0, "default", 0.0);

    public static object Round(object? value, CallArguments arguments)
    {
        if (value is long && arguments.Get(1, "method", "common") is "common")
        {
            return value;
        }

        if (!Operators.TryNumber(value, out double number))
        {
            throw new JinjaError($"'round' is given a {Kinds.NameOf(value)}");
        }

        int precision = (int)Math.Clamp(arguments.Only(2, "precision", "method").Integer(0, "precision", 0), 0, 15);
        double scale = Math.Pow(10, precision);
        return arguments.Get(1, "method", "common") switch
        {
            "ceil" => Math.Ceiling(number * scale) / scale,
            "floor" => Math.Floor(number * scale) / scale,
            _ => Math.Round(number, precision, MidpointRounding.ToEven),
        };
    }
}
