using System.Globalization;
using System.Text;

namespace DlpLora.Runtime.Templates.Jinja.Values;

/// <summary>Values as Python's <c>json.dumps(..., ensure_ascii=False)</c> writes them, which is what transformers' <c>tojson</c> is.</summary>
internal sealed class PyJson(int? indent, string itemSeparator, string keySeparator, bool sortKeys)
{
    private readonly StringBuilder _output = new();

    public string Write(object? value)
    {
        Append(value, 0);
        return _output.ToString();
    }

    private void Append(object? value, int depth)
    {
        Kinds.CheckDepth(depth);
        if (_output.Length > RenderContext.MaximumText)
        {
            throw new JinjaError($"builds a text of more than {RenderContext.MaximumText} characters");
        }

        switch (value)
        {
            case null:
                _output.Append("null");
                break;
            case bool flag:
                _output.Append(flag ? "true" : "false");
                break;
            case long number:
                _output.Append(CultureInfo.InvariantCulture, $"{number}");
                break;
            case double number:
                _output.Append(double.IsFinite(number) ? PyText.Number(number) : double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
                break;
            case string text:
                Quote(text);
                break;
            case List<object?> list:
                Items('[', ']', list, depth, item => Append(item, depth + 1));
                break;
            case Dict dict:
                IEnumerable<(object? Key, object? Value)> items = dict.Items;
                items = sortKeys ? items.OrderBy(i => KeyOf(i.Key), StringComparer.Ordinal) : items;
                Items('{', '}', [.. items], depth, item =>
                {
                    Quote(KeyOf(item.Key));
                    _output.Append(keySeparator);
                    Append(item.Value, depth + 1);
                });
                break;
            default:
                throw new JinjaError($"a {Kinds.NameOf(value)} can't be written as JSON");
        }
    }

    private void Items<T>(char open, char close, List<T> items, int depth, Action<T> append)
    {
        _output.Append(open);
        for (int i = 0; i < items.Count; i++)
        {
            _output.Append(i == 0 ? string.Empty : itemSeparator);
            NewLine(depth + 1);
            append(items[i]);
        }

        if (items.Count > 0)
        {
            NewLine(depth);
        }

        _output.Append(close);
    }

    private void NewLine(int depth)
    {
        if (indent is { } width)
        {
            _output.Append('\n').Append(' ', width * depth);
        }
    }

    private static string KeyOf(object? key) => key switch
    {
        string text => text,
        null => "null",
        bool flag => flag ? "true" : "false",
        _ => PyText.Str(key),
    };

    private void Quote(string text)
    {
        _output.Append('"');
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => _output.Append("\\\""),
                '\\' => _output.Append(@"\\"),
                '\n' => _output.Append(@"\n"),
                '\r' => _output.Append(@"\r"),
                '\t' => _output.Append(@"\t"),
                '\b' => _output.Append(@"\b"),
                '\f' => _output.Append(@"\f"),
                < ' ' => _output.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => _output.Append(c),
            };
        }

        _output.Append('"');
    }
}
