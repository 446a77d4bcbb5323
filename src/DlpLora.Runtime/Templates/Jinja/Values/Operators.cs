namespace DlpLora.Runtime.Templates.Jinja.Values;

/// <summary>Python's operators on the values of a template.</summary>
internal static class Operators
{
    public static bool AreEqual(object? left, object? right) => AreEqual(left, right, 0);

    private static bool AreEqual(object? left, object? right, int depth)
    {
        Kinds.CheckDepth(depth);
        switch (left, right)
        {
            case (string a, string b):
                return string.Equals(a, b, StringComparison.Ordinal);
            case (null, null):
            case (Undefined, Undefined):
                return true;
            case (List<object?> a, List<object?> b):
                return a.Count == b.Count && a.Zip(b).All(pair => AreEqual(pair.First, pair.Second, depth + 1));
            case (Dict a, Dict b):
                return a.Count == b.Count && a.Items.All(item => b.TryGet(item.Key, out object? other) && AreEqual(item.Value, other, depth + 1));
            default:
                return TryInteger(left, out long i) && TryInteger(right, out long j) ? i == j
                    : TryNumber(left, out double x) && TryNumber(right, out double y) ? x == y : ReferenceEquals(left, right);
        }
    }

    public static int Compare(object? left, object? right)
    {
        if (left is string a && right is string b)
        {
            return CompareText(a, b);
        }

        if (left is List<object?> first && right is List<object?> second)
        {
            System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
            for (int i = 0; i < first.Count && i < second.Count; i++)
            {
                if (!AreEqual(first[i], second[i]))
                {
                    return Compare(first[i], second[i]);
                }
            }

            return first.Count.CompareTo(second.Count);
        }

        FailIfUndefined(left);
        FailIfUndefined(right);
        return TryInteger(left, out long m) && TryInteger(right, out long n) ? m.CompareTo(n)
            : TryNumber(left, out double x) && TryNumber(right, out double y) ? x.CompareTo(y)
            : throw new JinjaError($"a {Kinds.NameOf(left)} and a {Kinds.NameOf(right)} have no order");
    }

    public static bool Contains(object? container, object? item) => container switch
    {
        string text => text.Contains(ExpectText(item, "in"), StringComparison.Ordinal),
        Dict dict => dict.TryGet(item, out _),
        Namespace => throw new JinjaError("a namespace can't be searched with 'in'"),
        _ => Kinds.Iterate(container).Any(other => AreEqual(other, item)),
    };

    public static object Apply(RenderContext context, string mark, object? left, object? right)
    {
        if (mark == "~")
        {
            string a = PyText.Str(left);
            string b = PyText.Str(right);
            return Joined(context, a, b);
        }

        FailIfUndefined(left);
        FailIfUndefined(right);
        return (mark, left, right) switch
        {
            ("+", string a, string b) => Joined(context, a, b),
            ("+", List<object?> a, List<object?> b) => Joined(context, a, b),
            ("*", string text, long or bool) => Repeated(context, text, right),
            ("*", long or bool, string text) => Repeated(context, text, left),
            ("*", List<object?> list, long count) => RepeatedList(context, list, count),
            ("%", string, _) => throw new JinjaError("text formatting with '%' is not supported"),
            _ => Arithmetic(mark, left, right),
        };
    }

    public static object Negate(object? value) => value switch
    {
        long number => (object)checked(-number),
        double number => -number,
        bool flag => flag ? -1L : 0L,
        _ => throw new JinjaError($"a {Kinds.NameOf(value)} has no negative"),
    };

    public static string ExpectText(object? value, string what) => value switch
    {
        string text => text,
        Undefined undefined => throw new JinjaError(undefined.Reason),
        _ => throw new JinjaError($"'{what}' is given a {Kinds.NameOf(value)}; expected a text"),
    };

    public static void FailIfUndefined(object? value)
    {
        if (value is Undefined undefined)
        {
            throw new JinjaError(undefined.Reason);
        }
    }

    public static bool TryNumber(object? value, out double number)
    {
        (bool isNumber, number) = value switch
        {
            long integer => (true, integer),
            double real => (true, real),
            bool flag => (true, flag ? 1 : 0),
            _ => (false, 0),
        };
        return isNumber;
    }

    private static bool TryInteger(object? value, out long number)
    {
        (bool isInteger, number) = value switch
        {
            long integer => (true, integer),
            bool flag => (true, flag ? 1L : 0L),
            _ => (false, 0L),
        };
        return isInteger;
    }

    private static object Arithmetic(string mark, object? left, object? right)
    {
        if (!TryNumber(left, out double x) || !TryNumber(right, out double y))
        {
            throw new JinjaError($"'{mark}' can't be applied to a {Kinds.NameOf(left)} and a {Kinds.NameOf(right)}");
        }

        if (mark is "/" or "//" or "%" && y == 0)
        {
            throw new JinjaError("divides by zero");
        }

        if (mark != "/" && TryInteger(left, out long a) && TryInteger(right, out long b) && (mark != "**" || b >= 0))
        {
            return Integers(mark, a, b);
        }

        return mark switch
        {
            "+" => x + y,
            "-" => x - y,
            "*" => x * y,
            "/" => x / y,
            "//" => Math.Floor(x / y),
            "%" => x - (Math.Floor(x / y) * y),
            _ => Math.Pow(x, y),
        };
    }

    private static long Integers(string mark, long a, long b)
    {
        checked
        {
            switch (mark)
            {
                case "+":
                    return a + b;
                case "-":
                    return a - b;
                case "*":
                    return a * b;
                case "//":
                    return (a / b) - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
                case "%":
                    long remainder = b == -1 ? 0 : a % b;
                    return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
                default:
                    long power = 1;
                    for (; b > 0; b >>= 1)
                    {
                        power = (b & 1) == 1 ? power * a : power;
                        a = b > 1 ? a * a : a;
                    }

                    return power;
            }
        }
    }

    private static string Joined(RenderContext context, string a, string b)
    {
        context.SpendText((long)a.Length + b.Length);
        return a + b;
    }

    private static List<object?> Joined(RenderContext context, List<object?> a, List<object?> b)
    {
        context.SpendItems((long)a.Count + b.Count);
        return [.. a, .. b];
    }

    private static string Repeated(RenderContext context, string text, object? count)
    {
        TryInteger(count, out long times);
        times = Math.Max(times, 0);
        context.SpendText(text.Length == 0 ? 0 : times > RenderContext.MaximumText ? long.MaxValue : text.Length * times);
        return text.Length == 0 ? text : string.Concat(Enumerable.Repeat(text, (int)times));
    }

    private static List<object?> RepeatedList(RenderContext context, List<object?> list, long count)
    {
        count = Math.Max(count, 0);
        context.SpendItems(list.Count == 0 ? 0 : count > RenderContext.MaximumItems ? long.MaxValue : list.Count * count);
        List<object?> repeated = [];
        for (long i = 0; i < count && list.Count > 0; i++)
        {
            repeated.AddRange(list);
        }

        return repeated;
    }

    /// <summary>By code points, as Python compares texts; UTF-16 would put U+FFFD after an emoji.</summary>
    private static int CompareText(string a, string b)
    {
        for (int i = 0; i < a.Length && i < b.Length; i++)
        {
            if (a[i] != b[i])
            {
                return char.IsSurrogate(a[i]) == char.IsSurrogate(b[i]) ? a[i].CompareTo(b[i]) : char.IsSurrogate(a[i]) ? 1 : -1;
            }
        }

        return a.Length.CompareTo(b.Length);
    }
}
