using System.Text;
using DlpLora.Runtime.Routing.Wordings;

namespace DlpLora.Runtime.Training.Negatives;

/// <summary>Texts that belong to no adapter: everyday prompts, words of several labels thrown together, noise, wordings without content.</summary>
/// <param name="grammar">Makes everyday prompts; null for none.</param>
/// <param name="prompts">Prompts that the user brought.</param>
/// <param name="rows">The rows whose words are thrown together.</param>
internal sealed class NegativeSampler(PromptGrammar? grammar, IReadOnlyList<string> prompts, IReadOnlyList<TextAnatomy> rows)
{
    /// <summary>The share of the user's prompts among all prompts.</summary>
    private const float OwnShare = 0.3f;

    private static readonly string[] Openings = ["please ", "hey, ", "can you tell me, ", "Quick question: ", "hi! ", "ok so ", "Tell me, ", "just wondering, ", "i'd like to know ", "Hello. "];
    private static readonly string[] Closings = [" please", " Thanks!", " thank you", " if you can", " Be creative.", " Keep it under 100 words.", " and explain why", " right now", " for me"];

    public void Sample(ref TrainingRandom random, StringBuilder into)
    {
        into.Clear();
        float u = random.Single();
        if (u < 0.86f && (grammar is not null || prompts.Count > 0))
        {
            Prompt(ref random, into);
        }
        else if (u < 0.92f)
        {
            Words(ref random, into);
        }
        else if (u < 0.95f)
        {
            Noise(ref random, into);
        }
        else
        {
            into.Append(NeutralWordings.All[random.Below(NeutralWordings.All.Length)]);
        }
    }

    private void Prompt(ref TrainingRandom random, StringBuilder into)
    {
        if (grammar is null || (prompts.Count > 0 && random.Chance(OwnShare)))
        {
            into.Append(prompts[random.Below(prompts.Count)]);
        }
        else
        {
            grammar.Append(ref random, into);
        }

        switch (random.Single())
        {
            case < 0.10f:
                string wording = NeutralWordings.All[random.Below(NeutralWordings.All.Length)];
                into.Insert(0, wording + (random.Chance(0.5f) ? " " : "\n"));
                break;
            case < 0.16f:
                into.Insert(0, Openings[random.Below(Openings.Length)]);
                break;
            case < 0.22f:
                into.Append(Closings[random.Below(Closings.Length)]);
                break;
            case < 0.28f when grammar is not null:
                into.Append(random.Chance(0.5f) ? ' ' : '\n');
                grammar.Append(ref random, into);
                break;
            default:
                break;
        }
    }

    /// <summary>Single words, each from another row.</summary>
    private void Words(ref TrainingRandom random, StringBuilder into)
    {
        int count = 4 + random.Below(20);
        for (int i = 0; i < count; i++)
        {
            string text = rows[random.Below(rows.Count)].Text;
            int at = random.Below(text.Length);
            int start = text.LastIndexOf(' ', at) + 1;
            int end = text.IndexOf(' ', at);
            into.Append(text, start, Math.Max(0, (end < 0 ? text.Length : end) - start)).Append(' ');
        }
    }

    private static void Noise(ref TrainingRandom random, StringBuilder into)
    {
        int count = 1 + random.Below(12);
        for (int i = 0; i < count; i++)
        {
            int length = 1 + random.Below(9);
            for (int j = 0; j < length; j++)
            {
                into.Append((char)(random.Chance(0.9f) ? 'a' + random.Below(26) : '!' + random.Below(30)));
            }

            into.Append(' ');
        }
    }
}
