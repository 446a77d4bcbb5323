using System.Text;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Routing.Wordings;

namespace DlpLora.Runtime.Training;

/// <summary>
/// Shows a training text as users might write it: as it is, with its options dropped or marked otherwise, without its wording, in a
/// wording that says nothing or another label's, in part.
/// </summary>
internal static class ViewSampler
{
    /// <summary>Less of a content may be anybody's: the first half of a corrected question is a plain question.</summary>
    private const float LeastPart = 0.55f;

    private static readonly string[] OptionMarks = ["{0}) ", "({0}) ", "{0}. ", "{0}: ", "- ", "* ", "[{0}] ", "Option {0}: "];

    /// <summary>Writes a view.</summary>
    /// <param name="row">The text.</param>
    /// <param name="wordings">Wordings to put around the content.</param>
    /// <param name="invented">The share of them that is put together from pieces of several.</param>
    /// <param name="random">Decides which.</param>
    /// <param name="into">Receives the view; never left empty.</param>
    public static void Sample(TextAnatomy row, string[] wordings, float invented, ref TrainingRandom random, StringBuilder into)
    {
        into.Clear();
        float u = random.Single();
        switch (u)
        {
            case < 0.20f:
                into.Append(row.Text);
                break;
            case < 0.32f:
                Compose(row, wording: true, Options.Marked, deep: false, ref random, into);
                break;
            case < 0.42f:
                Compose(row, wording: true, Options.None, deep: false, ref random, into);
                break;
            case < 0.52f:
                Compose(row, wording: false, random.Chance(0.5f) ? Options.Marked : Options.AsTheyAre, random.Chance(0.3f), ref random, into);
                break;
            case < 0.72f:
                Compose(row, wording: false, Options.None, random.Chance(0.25f), ref random, into);
                break;
            case < 0.90f:
                Reword(row, wordings, invented, ref random, into);
                break;
            default:
                Part(row, ref random, into);
                break;
        }

        if (into.Length == 0)
        {
            into.Append(row.Text);
        }

        // People who write in small letters only want the same adapters.
        if (random.Chance(0.06f))
        {
            for (int i = 0; i < into.Length; i++)
            {
                into[i] = char.ToLowerInvariant(into[i]);
            }
        }
    }

    /// <summary>The content in a wording that says nothing about the task.</summary>
    public static string Reworded(TextAnatomy row, ref TrainingRandom random)
    {
        StringBuilder into = new();
        Reword(row, NeutralWordings.All, invented: 0, ref random, into);
        return into.ToString();
    }

    private static void Reword(TextAnatomy row, string[] wordings, float invented, ref TrainingRandom random, StringBuilder into)
    {
        StringBuilder content = new();
        Compose(row, wording: false, random.Chance(0.9f) ? Options.AsTheyAre : Options.None, deep: false, ref random, content);
        string core = content.Length == 0 ? row.Text : content.ToString();
        string wording = random.Chance(invented) ? Invent(wordings, ref random) : wordings[random.Below(wordings.Length)];
        into.Clear();
        switch (random.Below(4))
        {
            case 0:
                into.Append(wording).Append('\n').Append(core);
                break;
            case 1:
                into.Append(wording).Append(' ').Append(core);
                break;
            case 2:
                into.Append(core).Append('\n').Append(wording);
                break;
            default:
                into.Append(core).Append("\n\n").Append(wordings[random.Below(wordings.Length)]);
                into.Insert(0, wording + "\n");
                break;
        }
    }

    /// <summary>A wording that nobody wrote: a few words of each of two to four wordings. What an unknown one shares with them says nothing either.</summary>
    private static string Invent(string[] wordings, ref TrainingRandom random)
    {
        StringBuilder made = new();
        int pieces = 2 + random.Below(3);
        for (int i = 0; i < pieces; i++)
        {
            string[] words = wordings[random.Below(wordings.Length)].Split(' ');
            int length = Math.Min(words.Length, 1 + random.Below(4));
            int start = random.Below(words.Length - length + 1);
            made.Append(i > 0 ? " " : string.Empty).AppendJoin(' ', words.AsSpan(start, length));
        }

        return made.ToString();
    }

    private enum Options
    {
        None,
        AsTheyAre,
        Marked,
    }

    private static void Compose(
        TextAnatomy row, bool wording, Options options, bool deep, ref TrainingRandom random, StringBuilder into)
    {
        OptionStyle style = options switch
        {
            Options.None => OptionStyle.Dropped,
            Options.AsTheyAre => OptionStyle.AsTheyAre,
            _ => OptionStyle.Marked(OptionMarks[random.Below(OptionMarks.Length)], small: random.Chance(0.3f), digits: random.Chance(0.3f)),
        };
        TextComposer.Compose(row, wording, style, deep, into);
    }

    /// <summary>A run of sentences, or a beginning or an ending of the words.</summary>
    private static void Part(TextAnatomy row, ref TrainingRandom random, StringBuilder into)
    {
        if (random.Chance(0.5f))
        {
            List<SentenceRange> sentences = [];
            foreach (SentenceRange sentence in SentenceSegmenter.Enumerate(row.Text))
            {
                sentences.Add(sentence);
            }

            int length = 1 + random.Below(Math.Min(3, sentences.Count));
            int start = random.Below(sentences.Count - length + 1);
            int from = sentences[start].Start;
            int to = sentences[start + length - 1].End;

            // Fewer than five words say too little to be sure of anything.
            if (row.Text.AsSpan(from, to - from).Count(' ') >= 4)
            {
                into.Append(row.Text, from, to - from);
                return;
            }
        }

        Compose(row, wording: false, Options.None, deep: false, ref random, into);
        int keep = (int)(into.Length * (LeastPart + ((1 - LeastPart) * random.Single())));
        if (into.Length < 40)
        {
            return;
        }

        if (random.Chance(0.5f))
        {
            into.Length = keep;
        }
        else
        {
            into.Remove(0, into.Length - keep);
        }
    }
}
