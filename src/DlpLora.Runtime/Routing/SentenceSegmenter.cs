namespace DlpLora.Runtime.Routing;

/// <summary>
/// Cuts a text into sentences as users write them: stops of many scripts, abbreviations, initials, decimals, list markers, quotes, option
/// lines, code blocks and code in a line, lines without a final stop. Allocates nothing and reads on only as far as the next sentence.
/// </summary>
public static class SentenceSegmenter
{
    /// <summary>The sentences of a text, in order. Together they cover it without gaps; white space belongs to the sentence before it.</summary>
    /// <param name="text">Any UTF-16.</param>
    /// <returns>A sequence for <c>foreach</c>; no sentence for an empty text.</returns>
    public static SentenceEnumerator Enumerate(ReadOnlySpan<char> text) => new(text);

    /// <summary>
    /// Whether a text that is still being generated has just come to a sentence's end: a stop that is no abbreviation, initial, list marker
    /// or the point of a number, with the quotes or brackets that close it; or a line break.
    /// </summary>
    /// <param name="text">The text so far, or its last few hundred characters.</param>
    public static bool EndsSentence(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> content = text.TrimEnd();
        if (content.IsEmpty)
        {
            return false;
        }

        ReadOnlySpan<char> white = text[content.Length..];
        if (SentenceRules.LineEnd(white, 0) < white.Length)
        {
            return true;
        }

        int stop = content.Length;
        while (stop > 0 && SentenceRules.IsCloser(content[stop - 1]))
        {
            stop--;
        }

        if (stop == 0 || !SentenceRules.IsStop(content[stop - 1]))
        {
            return false;
        }

        // The digit after "3." may still come; once a space has come, it does not.
        int first = SentenceRules.FirstOfRun(content, stop - 1);
        if (white.IsEmpty && content[first] == '.' && stop - first == 1 && first > 0 && char.IsDigit(content[first - 1]))
        {
            return false;
        }

        int line = SentenceRules.LineStart(content, first);
        return SentenceRules.IsEnd(content, line, first, stop, content.Length);
    }
}
