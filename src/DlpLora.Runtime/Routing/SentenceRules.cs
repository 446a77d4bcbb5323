using System.Buffers;

namespace DlpLora.Runtime.Routing;

/// <summary>What ends a sentence.</summary>
internal static class SentenceRules
{
    /// <summary>Lines shorter than this are not taken as wrapped by an editor.</summary>
    private const int WrappedLine = 40;

    private const int LongestAbbreviation = 10;

    /// <summary>Wider indentation opens no list; without a bound a text of blanks would be read again at every point.</summary>
    private const int WidestIndentation = 100;

    private const int LongestListMarker = 4;

    /// <summary>
    /// Stops that need white space, a closing quote or the text's end behind them: also the double marks, the interrobang, the Greek question mark.
    /// </summary>
    private const string SpacedStops = ".!?\u2026\u203C\u2047\u2048\u2049\u203D\u037E";

    private const char FullWidthPoint = '\uFF0E';

    // Ideographic and full-width stops, Devanagari danda, Arabic question mark and full stop, Syriac, N'Ko, Armenian, Ethiopic, Myanmar, Khmer,
    // Tibetan, Mongolian.
    private const string FreeStops =
        "\u3002\uFF01\uFF1F\uFF61\uFF0E\u0964\u0965\u061F\u06D4\u0700\u07F9\u0589\u1362\u1367\u104B\u17D4\u17D5\u0F0D\u1803\u1809";

    private static readonly SearchValues<char> UnspacedStops = SearchValues.Create(FreeStops);
    private static readonly SearchValues<char> Stops = SearchValues.Create(SpacedStops + FreeStops);
    private static readonly SearchValues<char> Closers =
        SearchValues.Create("\"')]}\u00BB\u00AB\u2019\u2018\u201D\u201C\u203A\u2039\u300D\u300F\u3011\u3009\u300B\uFF09\uFF02*_");

    private static readonly SearchValues<char> LineBreaks = SearchValues.Create("\n\r\v\f\u0085\u2028\u2029");

    public static bool IsStop(char c) => Stops.Contains(c);

    public static bool IsCloser(char c) => Closers.Contains(c);

    public static bool IsLineBreak(char c) => LineBreaks.Contains(c);

    /// <summary>Where the line that a place lies in starts.</summary>
    public static int LineStart(ReadOnlySpan<char> text, int place) => text[..place].LastIndexOfAny(LineBreaks) + 1;

    /// <summary>Where the line that a place lies in ends, before its line break.</summary>
    public static int LineEnd(ReadOnlySpan<char> text, int place)
    {
        int ending = text[place..].IndexOfAny(LineBreaks);
        return ending < 0 ? text.Length : place + ending;
    }

    /// <summary>The marks of a code block's fence that the text starts with: three or more of one kind; 0 when it is none.</summary>
    public static int FenceLength(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text[0] is not ('`' or '~'))
        {
            return 0;
        }

        int other = text.IndexOfAnyExcept(text[0]);
        int length = other < 0 ? text.Length : other;
        return length >= 3 ? length : 0;
    }

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
        return after.Length >= 2 && char.IsLower(after[0]) && !IsListMarker(after);
    }

    /// <summary>Whether a line starts with <c>b)</c>, <c>iv.</c> or the like.</summary>
    private static bool IsListMarker(ReadOnlySpan<char> line)
    {
        int letters = 0;
        while (letters < line.Length && letters <= LongestListMarker && char.IsLetterOrDigit(line[letters]))
        {
            letters++;
        }

        return letters is > 0 and <= LongestListMarker && letters + 1 < line.Length && line[letters] is ')' or '.' && char.IsWhiteSpace(line[letters + 1]);
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
            // A full-width point between digits is a decimal's.
            return text[first] != FullWidthPoint || closed > stop || stop == text.Length || !char.IsDigit(text[stop]);
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

        return IsPointAnEnd(text, line, first, next, closed);
    }

    private static bool IsPointAnEnd(ReadOnlySpan<char> text, int line, int point, char next, int closed)
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

        bool opensLine = start - line <= WidestIndentation && text[line..start].IsWhiteSpace();
        if (opensLine && (word.Length == 1 || (word.Length <= 3 && !word.ContainsAnyExceptInRange('0', '9'))))
        {
            return false; // 1. a list, a. another
        }

        if (word.Length == 1 && char.IsLetter(word[0]) && (char.IsUpper(word[0]) || IsBesideALetterWithPoint(text, start, closed)))
        {
            return false; // J. Smith, z. B.
        }

        Span<char> folded = stackalloc char[LongestAbbreviation];
        int length = word.ToLowerInvariant(folded);
        ReadOnlySpan<char> lower = folded[..length];
        if (IsTitle(lower) || (IsNumbered(lower) && char.IsDigit(next)))
        {
            return false;
        }

        return !(IsShortened(lower) || word.Contains('.')) || next == '\0' || char.IsUpper(next);
    }

    /// <summary>Whether a single letter with a point stands before or after another one on its line: an abbreviation written with spaces.</summary>
    private static bool IsBesideALetterWithPoint(ReadOnlySpan<char> text, int start, int closed)
    {
        ReadOnlySpan<char> after = text[closed..];
        if (after.Length >= 3 && after[0] is ' ' or '\u00A0' && char.IsLetter(after[1]) && after[2] == '.')
        {
            return true;
        }

        ReadOnlySpan<char> before = text[..start];
        return before.Length >= 3 && before[^1] is ' ' or '\u00A0' && before[^2] == '.' && char.IsLetter(before[^3])
            && (before.Length == 3 || !char.IsLetterOrDigit(before[^4]));
    }

    /// <summary>Abbreviations that lean on a number after them.</summary>
    private static bool IsNumbered(ReadOnlySpan<char> word) => word is
        "no" or "nos" or "nr" or "p" or "pp" or "art" or "sec" or "ch" or "chap" or "para" or "s" or "bd" or "abs" or "num";

    /// <summary>Abbreviations that always lean on the word after them.</summary>
    private static bool IsTitle(ReadOnlySpan<char> word) => word is
        "mr" or "mrs" or "ms" or "dr" or "prof" or "st" or "gen" or "col" or "lt" or "sgt" or "capt" or "rev" or "hon" or "gov" or "sen"
        or "rep" or "mt" or "fig" or "figs" or "eq" or "vs" or "vol" or "eds" or "approx" or "dept" or "e.g" or "i.e" or "cf"
        or "z.b" or "d.h" or "u.a" or "bzw" or "vgl" or "ca" or "hr" or "fr" or "sr" or "sra" or "srta" or "dra" or "evtl" or "ggf" or "inkl" or "dott" or "sig" or "mme" or "mlle";

    /// <summary>Abbreviations that may also end a sentence: a capital letter decides.</summary>
    private static bool IsShortened(ReadOnlySpan<char> word) => word is
        "etc" or "inc" or "ltd" or "co" or "corp" or "jr" or "usw" or "al" or "ave" or "blvd" or "jan" or "feb" or "aug" or "sept" or "oct"
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
