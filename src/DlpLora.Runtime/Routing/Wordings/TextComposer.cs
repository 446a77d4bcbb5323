using System.Text;

namespace DlpLora.Runtime.Routing.Wordings;

/// <summary>Writes a text anew from its parts.</summary>
internal static class TextComposer
{
    /// <summary>The content alone, without wording and options; the text itself where nothing else is in it.</summary>
    public static string Content(TextAnatomy row) => WithoutWording(row, OptionStyle.Dropped);

    /// <summary>The content with its options as they are, without wording; the text itself where nothing else is in it.</summary>
    public static string ContentWithOptions(TextAnatomy row) => WithoutWording(row, OptionStyle.AsTheyAre);

    /// <summary>Appends parts of a text, a line each.</summary>
    /// <param name="row">The text.</param>
    /// <param name="wording">Whether its wording is among them.</param>
    /// <param name="options">How its options are written.</param>
    /// <param name="deep">Without wording: whether the longest shared beginning goes too.</param>
    /// <param name="into">Receives the lines.</param>
    public static void Compose(TextAnatomy row, bool wording, OptionStyle options, bool deep, StringBuilder into)
    {
        int first = row.FirstContent;
        int last = row.LastContent;

        // Where all content is options (two sentences to choose from), they are what is left of it, without their letters.
        bool onlyOptions = first < 0;
        int option = 0;
        for (int i = 0; i < row.Lines.Length; i++)
        {
            TextLine line = row.Lines[i];
            int start = line.Start;
            int end = line.End;
            string prefix = string.Empty;
            switch (line.Kind)
            {
                case LineKind.Wording when !wording:
                    continue;
                case LineKind.Option when options == OptionStyle.Dropped && !onlyOptions:
                    continue;
                case LineKind.Option when options == OptionStyle.Dropped:
                    start = line.OwnStart;
                    break;
                case LineKind.Option when options.IsMarked:
                    start = line.OwnStart;
                    prefix = options.MarkOf(option++);
                    break;
                case LineKind.Content when !wording:
                    start = i == first ? (deep ? row.DeepContentStart : row.ContentStart) : start;
                    end = i == last ? Math.Max(row.ContentEnd, start) : end;
                    break;
                default:
                    break;
            }

            ReadOnlySpan<char> part = row.Text.AsSpan(start, end - start).Trim();
            if (!wording && line.Kind == LineKind.Content && part.Length > 2 && part[0] == '"' && part[^1] == '"')
            {
                part = part[1..^1];
            }

            if (!part.IsEmpty)
            {
                if (into.Length > 0)
                {
                    into.Append('\n');
                }

                into.Append(prefix).Append(part);
            }
        }
    }

    private static string WithoutWording(TextAnatomy row, OptionStyle options)
    {
        StringBuilder into = new();
        Compose(row, wording: false, options, deep: false, into);
        return into.Length == 0 ? row.Text : into.ToString();
    }
}
