using System.Runtime.InteropServices;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Routing.Wordings;

namespace DlpLora.Runtime.Training;

/// <summary>
/// Finds the rows of a label that are about the same thing: the same content in other wordings, or several questions about one passage. What was learned from
/// one of them is known of the others, so they must not stand on both sides of a split.
/// </summary>
/// <remarks>
/// Rows belong together where the longest sentence of their contents is the same. A sentence that many rows share is the form of the task (the rules of
/// a puzzle) and says nothing; the next one is taken.
/// </remarks>
internal static class ContentGroups
{
    private const double FormShare = 0.05;
    private const int FewestForForm = 8;

    /// <summary>Sentences are compared by their last characters: a wording may stand before the first one, in its line.</summary>
    private const int ComparedLength = 60;

    /// <summary>Sets <see cref="TextAnatomy.Group"/> of the rows of one label, whose wording is marked.</summary>
    public static void Mark(IReadOnlyList<TextAnatomy> rows)
    {
        Dictionary<string, int> counts = new(StringComparer.OrdinalIgnoreCase);
        string[][] sentences = new string[rows.Count][];
        for (int i = 0; i < rows.Count; i++)
        {
            sentences[i] = Sentences(TextComposer.Content(rows[i]));
            foreach (string sentence in sentences[i])
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, sentence, out _)++;
            }
        }

        int form = Math.Max(FewestForForm, (int)(rows.Count * FormShare));
        Dictionary<string, int> groups = new(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < rows.Count; i++)
        {
            string key = Array.Find(sentences[i], s => counts[s] <= form) ?? string.Join('\n', sentences[i]);
            if (!groups.TryGetValue(key, out int group))
            {
                groups.Add(key, group = groups.Count);
            }

            rows[i].Group = group;
        }
    }

    /// <summary>The ends of a content's different sentences, the longest first.</summary>
    private static string[] Sentences(string content)
    {
        List<string> sentences = [];
        foreach (SentenceRange range in SentenceSegmenter.Enumerate(content))
        {
            sentences.Add(content.Substring(range.Start, range.Length).Trim());
        }

        return
        [
            .. sentences.OrderByDescending(s => s.Length).ThenBy(s => s, StringComparer.Ordinal)
                .Select(s => s.Length <= ComparedLength ? s : s[^ComparedLength..]).Distinct(StringComparer.OrdinalIgnoreCase),
        ];
    }
}
