namespace DlpLora.Runtime.Routing;

/// <summary>Walks over the sentences of a text; made by <see cref="SentenceSegmenter.Enumerate"/>.</summary>
public ref struct SentenceEnumerator
{
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
            else if (!begun && SentenceRules.IsFence(text[i..]))
            {
                // A code block is one unit, whatever stops it holds.
                return SkipWhite(text, EndOfBlock(text, i));
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

    private static int EndOfBlock(ReadOnlySpan<char> text, int fence)
    {
        ReadOnlySpan<char> mark = text.Slice(fence, 3);
        int position = fence;
        while (true)
        {
            int ending = text[position..].IndexOfAny('\n', '\r');
            if (ending < 0)
            {
                return text.Length;
            }

            position += ending + 1;
            ReadOnlySpan<char> rest = text[position..];
            if (rest.TrimStart(' ').StartsWith(mark))
            {
                int last = rest.IndexOfAny('\n', '\r');
                return last < 0 ? text.Length : position + last;
            }
        }
    }
}
