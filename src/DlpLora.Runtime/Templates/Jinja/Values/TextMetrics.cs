using System.Text;

namespace DlpLora.Runtime.Templates.Jinja.Values;

/// <summary>Positions in a text as Python counts them, in code points.</summary>
internal static class TextMetrics
{
    public static int CodePoints(ReadOnlySpan<char> text)
    {
        int count = text.Length;
        for (int i = 0; i + 1 < text.Length; i++)
        {
            if (char.IsSurrogatePair(text[i], text[i + 1]))
            {
                count--;
                i++;
            }
        }

        return count;
    }

    /// <summary>Every code point (or lone surrogate) as a text of its own.</summary>
    public static string[] Split(string text)
    {
        List<string> points = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            int length = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]) ? 2 : 1;
            points.Add(text.Substring(i, length));
            i += length - 1;
        }

        return [.. points];
    }

    public static string Reverse(string text)
    {
        string[] points = Split(text);
        Array.Reverse(points);
        return new StringBuilder().AppendJoin(string.Empty, points).ToString();
    }
}
