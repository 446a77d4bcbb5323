using System.Runtime.InteropServices;

namespace DlpLora.Runtime.Routing.Wordings;

/// <summary>
/// Tells the wording of a label's prompts from their content, from the rows alone: whole lines, beginnings of the first line and endings of
/// the last one that many rows share are wording.
/// </summary>
internal static class WordingFinder
{
    private const double LineShare = 0.05;
    private const double EdgeShare = 0.06;
    private const int LongestEdge = 16;

    /// <summary>Marks the wording in the rows of one label.</summary>
    public static void Mark(IReadOnlyList<TextAnatomy> rows)
    {
        MarkLines(rows);
        MarkBeginnings(rows);
        MarkEndings(rows);
    }

    private static int Threshold(int rows, double share) => Math.Max(2, (int)Math.Ceiling(rows * share));

    private static void MarkLines(IReadOnlyList<TextAnatomy> rows)
    {
        Dictionary<string, int> counts = new(StringComparer.OrdinalIgnoreCase);
        foreach (TextAnatomy row in rows)
        {
            foreach (TextLine line in row.Lines)
            {
                if (line.Kind == LineKind.Content)
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(counts, row.Text[line.Start..line.End], out _)++;
                }
            }
        }

        int threshold = Threshold(rows.Count, LineShare);
        foreach (TextAnatomy row in rows)
        {
            TextLine[] marked = [.. row.Lines];
            for (int i = 0; i < marked.Length; i++)
            {
                if (marked[i].Kind == LineKind.Content && counts[row.Text[marked[i].Start..marked[i].End]] >= threshold)
                {
                    marked[i] = marked[i] with { Kind = LineKind.Wording };
                }
            }

            // A text that is nothing but shared lines has no other content: leave it whole.
            if (Array.Exists(marked, l => l.Kind != LineKind.Wording))
            {
                marked.CopyTo(row.Lines, 0);
            }
        }
    }

    private static void MarkBeginnings(IReadOnlyList<TextAnatomy> rows)
    {
        Dictionary<string, int> counts = new(StringComparer.OrdinalIgnoreCase);
        foreach (TextAnatomy row in rows)
        {
            if (row.FirstContent is var first and >= 0)
            {
                foreach (int end in WordEnds(row.Text, row.Lines[first]))
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(counts, row.Text[row.Lines[first].Start..end], out _)++;
                }
            }
        }

        int threshold = Threshold(rows.Count, EdgeShare);
        foreach (TextAnatomy row in rows)
        {
            if (row.FirstContent is not (var first and >= 0))
            {
                continue;
            }

            TextLine line = row.Lines[first];
            row.ContentStart = row.DeepContentStart = line.Start;
            int words = 0;
            foreach (int end in WordEnds(row.Text, line))
            {
                words++;
                if (counts[row.Text[line.Start..end]] < threshold || end >= line.End)
                {
                    break;
                }

                if (row.Text[end - 1] is ':' or '?' or '.' or '!')
                {
                    row.ContentStart = row.DeepContentStart = end;
                }
                else if (words >= 3)
                {
                    row.DeepContentStart = end;
                }
            }
        }
    }

    private static void MarkEndings(IReadOnlyList<TextAnatomy> rows)
    {
        Dictionary<string, int> counts = new(StringComparer.OrdinalIgnoreCase);
        foreach (TextAnatomy row in rows)
        {
            if (row.LastContent is var last and >= 0)
            {
                foreach (int start in SentenceStarts(row.Text, row.Lines[last]))
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(counts, row.Text[start..row.Lines[last].End], out _)++;
                }
            }
        }

        int threshold = Threshold(rows.Count, EdgeShare);
        foreach (TextAnatomy row in rows)
        {
            if (row.LastContent is not (var last and >= 0))
            {
                continue;
            }

            TextLine line = row.Lines[last];
            row.ContentEnd = line.End;
            foreach (int start in SentenceStarts(row.Text, line))
            {
                if (counts[row.Text[start..line.End]] >= threshold && (last != row.FirstContent || start > row.ContentStart))
                {
                    row.ContentEnd = start;
                    break;
                }
            }
        }
    }

    private static IEnumerable<int> WordEnds(string text, TextLine line)
    {
        int words = 0;
        for (int i = line.Start + 1; i <= line.End && words < LongestEdge; i++)
        {
            if (!char.IsWhiteSpace(text[i - 1]) && (i == line.End || char.IsWhiteSpace(text[i])))
            {
                words++;
                yield return i;
            }
        }
    }

    /// <summary>Starts of what follows a sentence's end within a line, first to last.</summary>
    private static IEnumerable<int> SentenceStarts(string text, TextLine line)
    {
        for (int i = line.Start + 2; i < line.End; i++)
        {
            if (!char.IsWhiteSpace(text[i]) && char.IsWhiteSpace(text[i - 1]) && text[i - 2] is '.' or '?' or '!' or '"' or ':')
            {
                yield return i;
            }
        }
    }
}
