using System.Buffers;

namespace DlpLora.Runtime.Routing;

/// <summary>Walks over the sentences of a text; made by <see cref="SentenceSegmenter.Enumerate"/>.</summary>
public ref struct SentenceEnumerator
{
    private static readonly SearchValues<char> CodeEnds = SearchValues.Create("`\n\r\v\f\u0085\u2028\u2029");

    private readonly ReadOnlySpan<char> _text;

    internal SentenceEnumerator(ReadOnlySpan<char> text) => _text = text;

    /// <summary>The present sentence.</summary>
    public SentenceRange Current { get; private set; }

    /// <summary>This enumerator, for <c>foreach</c>.</summary>
    public readonly SentenceEnumerator GetEnumerator() => this;

    /// <summary>Goes to the next sentence.</summary>
    /// <returns>False after the last one.</returns>
    public bool MoveNext()
    {
        int start = Current.End;
        if (start >= _text.Length)
        {
            return false;
        }

        Current = new SentenceRange(start, FindEnd(_text, start));
        return true;
    }

    private static int FindEnd(ReadOnlySpan<char> text, int start)
    {
        int line = start;
        bool begun = false;
        int i = start;
        while (i < text.Length)
        {
            char c = text[i];
            if (SentenceRules.IsLineBreak(c))
            {
                if (begun && !SentenceRules.IsSoftBreak(text, line, i))
                {
                    return SkipWhite(text, i);
                }

                line = ++i;
            }
            else if (char.IsWhiteSpace(c))
            {
                i++;
            }
            else if (!begun && SentenceRules.FenceLength(text[i..]) is var fence and > 0)
            {
                // A code block is one unit, whatever stops it holds.
                return SkipWhite(text, EndOfBlock(text, i, fence));
            }
            else if (c == '`')
            {
                begun = true;
                i = EndOfCode(text, i);
            }
            else if (SentenceRules.IsStop(c))
            {
                begun = true;
                int stop = i + 1;
                while (stop < text.Length && SentenceRules.IsStop(text[stop]))
                {
                    stop++;
                }

                int closed = stop;
                while (closed < text.Length && SentenceRules.IsCloser(text[closed]))
                {
                    closed++;
                }

                if (SentenceRules.IsEnd(text, line, i, stop, closed))
                {
                    return SkipWhite(text, closed);
                }

                i = closed;
            }
            else
            {
                begun = true;
                i++;
            }
        }

        return text.Length;
    }

    private static int SkipWhite(ReadOnlySpan<char> text, int i)
    {
        while (i < text.Length && char.IsWhiteSpace(text[i]))
        {
            i++;
        }

        return i;
    }

    /// <summary>The place after code between backticks on one line; after the first backtick where no other follows.</summary>
    private static int EndOfCode(ReadOnlySpan<char> text, int tick)
    {
        int end = text[(tick + 1)..].IndexOfAny(CodeEnds);
        return end >= 0 && text[tick + 1 + end] == '`' ? tick + end + 2 : tick + 1;
    }

    /// <summary>The end of the line with the closing fence, which has at least as many marks as the opening one; or the text's end.</summary>
    private static int EndOfBlock(ReadOnlySpan<char> text, int fence, int length)
    {
        int position = SentenceRules.LineEnd(text, fence);
        while (position < text.Length)
        {
            position++;
            ReadOnlySpan<char> rest = text[position..].TrimStart(' ');
            int end = SentenceRules.LineEnd(text, position);
            if (rest.Length >= length && rest[0] == text[fence] && SentenceRules.FenceLength(rest) >= length)
            {
                return end;
            }

            position = end;
        }

        return text.Length;
    }
}
