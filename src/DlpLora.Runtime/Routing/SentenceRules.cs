using System.Buffers;

namespace DlpLora.Runtime.Routing;

/// <summary>What ends a sentence.</summary>
internal static class SentenceRules
{
    /// <summary>Lines shorter than this are not taken as wrapped by an editor.</summary>
    private const int WrappedLine = 40;

    private const int LongestAbbreviation = 10;

    /// <summary>Stops that need white space, a closing quote or the text's end behind them.</summary>
    private const string SpacedStops = ".!?\u2026";

    // Ideographic and full-width stops, Devanagari danda, Arabic question mark and full stop, Armenian, Ethiopic, Myanmar, Khmer, Tibetan.
    private const string FreeStops = "\u3002\uFF01\uFF1F\uFF61\u0964\u0965\u061F\u06D4\u0589\u1362\u1367\u104B\u17D4\u0F0D";

    private static readonly SearchValues<char> UnspacedStops = SearchValues.Create(FreeStops);
    private static readonly SearchValues<char> Stops = SearchValues.Create(SpacedStops + FreeStops);
    private static readonly SearchValues<char> Closers =
        SearchValues.Create("\"')]}\u00BB\u2019\u201D\u203A\u300D\u300F\u3011\u3009\u300B\uFF09*_");

    public static bool IsStop(char c) => Stops.Contains(c);

    public static bool IsCloser(char c) => Closers.Contains(c);

    public static bool IsLineBreak(char c) => c is '\n' or '\r' or '\u2028' or '\u2029';

    public static bool IsFence(ReadOnlySpan<char> text) => text.StartsWith("```") || text.StartsWith("~~~");

    /// <summary>The first of the stops that stand together up to <paramref name="last"/>.</summary>
    public static int FirstOfRun(ReadOnlySpan<char> text, int last)
    {
        while (last > 0 && IsStop(text[last - 1]))
        {
            last--;
        }

        return last;
    }

    /// <summary>Whether a line break only wraps a long line: the next line goes on in lower case, and is no list or option line.</summary>
    public static bool IsSoftBreak(ReadOnlySpan<char> text, int line, int lineBreak)
    {
        if (lineBreak - line < WrappedLine)
        {
            return false;
        }

        ReadOnlySpan<char> before = text[line..lineBreak].TrimEnd();
        if (before.IsEmpty || !(char.IsLetterOrDigit(before[^1]) || before[^1] == ','))
        {
            return false;
        }

        int next = lineBreak + 1;
        if (next < text.Length && text[lineBreak] == '\r' && text[next] == '\n')
        {
            next++;
        }

        ReadOnlySpan<char> after = text[next..];
        return after.Length >= 2 && char.IsLower(after[0]) && after[1] is not (')' or '.');
    }

    /// <summary>Whether the stops in [first, stop), closed by quotes and brackets up to closed, end a sentence.</summary>
    /// <param name="text">The text.</param>
    /// <param name="line">Where the stop's line starts.</param>
    /// <param name="first">The first stop.</param>
    /// <param name="stop">The place after the last stop.</param>
    /// <param name="closed">The place after the closing quotes and brackets.</param>
    public static bool IsEnd(ReadOnlySpan<char> text, int line, int first, int stop, int closed)
    {
        if (text[first..stop].ContainsAny(UnspacedStops))
        {
            return true;
        }

        if (closed < text.Length && !char.IsWhiteSpace(text[closed]))
        {
            // 3.5, example.com, "?a": but Chinese and Japanese put no space after a borrowed stop.
            return text[closed] is >= '\u3040' and <= '\u9FFF';
        }

        char next = NextOnLine(text, closed);
        bool lower = char.IsLower(next);
        if (text[first] != '.' || stop - first > 1)
        {
            // "Really?" he said; and so on ... and on.
            bool ellipsis = text[first] is '.' or '\u2026';
            return !lower || (!ellipsis && closed == stop);
        }

        return IsPointAnEnd(text, line, first, next);
    }

    private static bool IsPointAnEnd(ReadOnlySpan<char> text, int line, int point, char next)
    {
        int start = point;
        while (start > line && point - start <= LongestAbbreviation && (char.IsLetterOrDigit(text[start - 1]) || text[start - 1] == '.'))
        {
            start--;
        }

        ReadOnlySpan<char> word = text[start..point];
        if (word.IsEmpty || word.Length > LongestAbbreviation)
        {
            return true;
        }

        bool opensLine = text[line..start].IsWhiteSpace();
        if (opensLine && (word.Length == 1 || (word.Length <= 3 && !word.ContainsAnyExceptInRange('0', '9'))))
        {
            return false; // 1. a list, a. another
        }

        if (word.Length == 1 && char.IsUpper(word[0]))
        {
            return false; // J. Smith
        }

        Span<char> folded = stackalloc char[LongestAbbreviation];
        int length = word.ToLowerInvariant(folded);
        ReadOnlySpan<char> lower = folded[..length];
        if (IsTitle(lower) || (lower is "no" or "nr" or "p" or "pp" && char.IsDigit(next)))
        {
            return false;
        }

        return !(IsShortened(lower) || word.Contains('.')) || next == '\0' || char.IsUpper(next);
    }

    /// <summary>Abbreviations that always lean on the word after them.</summary>
    private static bool IsTitle(ReadOnlySpan<char> word) => word is
        "mr" or "mrs" or "ms" or "dr" or "prof" or "st" or "gen" or "col" or "lt" or "sgt" or "capt" or "rev" or "hon" or "gov" or "sen"
        or "rep" or "mt" or "fig" or "figs" or "eq" or "vs" or "vol" or "eds" or "approx" or "dept" or "e.g" or "i.e" or "cf"
        or "z.b" or "d.h" or "u.a" or "bzw" or "vgl" or "ca" or "hr" or "fr" or "sra" or "srta" or "dott" or "sig" or "mme" or "mlle";

    /// <summary>Abbreviations that may also end a sentence: a capital letter decides.</summary>
    private static bool IsShortened(ReadOnlySpan<char> word) => word is
        "etc" or "inc" or "ltd" or "co" or "corp" or "jr" or "sr" or "usw" or "al" or "ave" or "blvd" or "jan" or "feb" or "aug" or "sept" or "oct"
        or "nov" or "dec" or "km" or "cm" or "kg" or "lb" or "oz" or "min" or "hrs";

    /// <summary>The next character on the same line that is no white space and opens nothing; NUL at the line's or text's end.</summary>
    private static char NextOnLine(ReadOnlySpan<char> text, int i)
    {
        while (i < text.Length && (char.IsWhiteSpace(text[i]) || text[i] is '"' or '\'' or '(' or '[' or '\u201C' or '\u2018' or '\u00AB'))
        {
            if (IsLineBreak(text[i]))
            {
                return '\0';
            }

            i++;
        }

        return i < text.Length ? text[i] : '\0';
    }
}
