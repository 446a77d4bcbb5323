using System.Text;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Routing.Prototypes;
using DlpLora.Runtime.Training;
using DlpLora.Runtime.Training.Negatives;

namespace DlpLora.Benchmarks.Routing;

/// <summary>
/// Labels of adapters that nobody has: made-up tasks, each fitted beside the real labels by what <see cref="Router.AddAdapter"/> uses.
/// </summary>
/// <remarks>
/// A task of its own lies elsewhere than the real ones; a near copy of a real task would be for the same texts and right to take them. So a made-up task
/// has its own words (some everyday, some invented) in three wordings of everyday prompts. There is no room for the words of 10,000 labels, so all have
/// their prototype alone.
/// </remarks>
internal static class SyntheticLabels
{
    private const int Examples = 10;
    private const int Wordings = 3;
    private const int Vocabulary = 40;
    private const ulong Seed = 1;

    private static readonly string[] Everyday = [.. PromptWords.All.OrderBy(w => w.Key, StringComparer.Ordinal).SelectMany(w => w.Value).Where(w => !w.Contains(' ', StringComparison.Ordinal))];
    private static readonly string[] Syllables = ["ba", "cor", "dim", "el", "fro", "gul", "hen", "is", "jot", "ka", "lum", "mer", "no", "ost", "pri", "qua", "ren", "sil", "tur", "ven", "wis", "yal", "zem"];

    public static AddedLabel[] Create(RouterModel model, int count)
    {
        AddedLabel[] labels = new AddedLabel[count];
        int done = 0;
        Parallel.For(0, count, i =>
        {
            labels[i] = PrototypeFit.Fit(model, LabelExample.Read(Task(i), model.Recipe), words: 0).Label;
            int fitted = Interlocked.Increment(ref done);
            if (fitted % 100 == 0)
            {
                Console.Error.Write($"\rfitting {fitted} of {count} made-up tasks");
            }
        });
        Console.Error.WriteLine();
        return labels;
    }

    private static List<string> Task(int index)
    {
        TrainingRandom random = new(Seed, stream: 1, substream: (ulong)index);
        string[] words = new string[Vocabulary];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = i % 2 == 0
                ? Everyday[random.Below(Everyday.Length)]
                : Syllables[random.Below(Syllables.Length)] + Syllables[random.Below(Syllables.Length)] + Syllables[random.Below(Syllables.Length)];
        }

        StringBuilder text = new();
        string[] wordings = new string[Wordings];
        for (int i = 0; i < wordings.Length; i++)
        {
            PromptGrammar.Training.Append(ref random, text.Clear());
            wordings[i] = text.ToString();
        }

        List<string> examples = [];
        for (int i = 0; i < Examples; i++)
        {
            text.Clear().Append(wordings[i % Wordings]).Append('\n');
            for (int word = 8 + random.Below(24); word > 0; word--)
            {
                text.Append(words[random.Below(words.Length)]).Append(word == 1 ? '.' : ' ');
            }

            examples.Add(text.ToString());
        }

        return examples;
    }
}
