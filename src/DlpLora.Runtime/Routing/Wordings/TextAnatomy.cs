namespace DlpLora.Runtime.Routing.Wordings;

/// <summary>The parts of one training text: which lines are wording shared by its label's rows, which are options, which are content.</summary>
internal sealed class TextAnatomy
{
    public required string Text { get; init; }

    public required int Label { get; init; }

    public required TextLine[] Lines { get; init; }

    /// <summary>Rows of one label with the same number are about the same thing, as the training finds.</summary>
    public int Group { get; set; }

    /// <summary>Where the first content line's own words begin, after wording that ends in a sign such as <c>:</c> or <c>?</c>.</summary>
    public int ContentStart { get; set; }

    /// <summary>Where the first content line's own words begin, after the longest shared beginning.</summary>
    public int DeepContentStart { get; set; }

    /// <summary>Where the last content line's own words end, before wording that follows a sentence.</summary>
    public int ContentEnd { get; set; }

    public int FirstContent => Array.FindIndex(Lines, l => l.Kind == LineKind.Content);

    public int LastContent => Array.FindLastIndex(Lines, l => l.Kind == LineKind.Content);

    /// <summary>The wording around the content, piece by piece.</summary>
    public IEnumerable<string> Wordings()
    {
        int first = FirstContent;
        int last = LastContent;
        for (int i = 0; i < Lines.Length; i++)
        {
            TextLine line = Lines[i];
            if (line.Kind == LineKind.Wording)
            {
                yield return Text[line.Start..line.End];
            }

            if (i == first && ContentStart > line.Start)
            {
                yield return Text[line.Start..ContentStart];
            }

            if (i == last && ContentEnd > line.Start && ContentEnd < line.End)
            {
                yield return Text[ContentEnd..line.End];
            }
        }
    }

    public static TextAnatomy Split(string text, int label)
    {
        List<TextLine> lines = [];
        int start = 0;
        while (start < text.Length)
        {
            int end = text.AsSpan(start).IndexOfAny('\n', '\r');
            end = end < 0 ? text.Length : start + end;
            ReadOnlySpan<char> line = text.AsSpan(start, end - start);
            int lead = line.Length - line.TrimStart().Length;
            int length = line.Trim().Length;
            if (length > 0)
            {
                int own = OptionText(line.Slice(lead, length));
                lines.Add(new TextLine(start + lead, start + lead + length, start + lead + own, own > 0 ? LineKind.Option : LineKind.Content));
            }

            start = end + 1;
        }

        // One line that looks like an option is a list marker or a name, not a choice.
        if (lines.Count(l => l.Kind == LineKind.Option) == 1)
        {
            for (int i = 0; i < lines.Count; i++)
            {
                lines[i] = lines[i] with { Kind = LineKind.Content, OwnStart = lines[i].Start };
            }
        }

        return new TextAnatomy { Text = text, Label = label, Lines = [.. lines] };
    }

    /// <summary>Where the text of an option line begins, behind <c>A) </c>, <c>(b) </c>, <c>3. </c>; 0 when it is none.</summary>
    private static int OptionText(ReadOnlySpan<char> line)
    {
        int i = line.StartsWith('(') ? 1 : 0;
        return line.Length > i + 2 && char.IsAsciiLetterOrDigit(line[i]) && line[i + 1] is ')' or '.' or ':' && line[i + 2] == ' ' ? i + 3 : 0;
    }
}

/// <summary>What a line of a training text is.</summary>
internal enum LineKind
{
    Content,
    Wording,
    Option,
}

/// <summary>A line without the white space around it.</summary>
/// <param name="Start">The first character.</param>
/// <param name="End">The place after the last one.</param>
/// <param name="OwnStart">Where an option's own text starts.</param>
/// <param name="Kind">What it is.</param>
internal readonly record struct TextLine(int Start, int End, int OwnStart, LineKind Kind);
