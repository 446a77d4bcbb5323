using System.Text;

namespace DlpLora.Runtime.Training;

/// <summary>Texts that belong to no adapter: everyday prompts, words of several labels thrown together, noise, wordings without content.</summary>
internal sealed class NegativeSampler
{
    private readonly string[] _prompts;
    private readonly IReadOnlyList<TextAnatomy> _rows;

    public NegativeSampler(IReadOnlyList<string> prompts, IReadOnlyList<TextAnatomy> rows)
    {
        _prompts = [.. prompts];
        _rows = rows;
    }

    public void Sample(ref TrainingRandom random, StringBuilder into)
    {
        into.Clear();
        float u = random.Single();
        if (_prompts.Length > 0 && u < 0.84f)
        {
            into.Append(_prompts[random.Below(_prompts.Length)]);
            if (random.Chance(0.25f))
            {
                string wording = NeutralWordings.All[random.Below(NeutralWordings.All.Length)];
                into.Insert(0, wording + (random.Chance(0.5f) ? " " : "\n"));
            }
        }
        else if (u < 0.90f)
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

    /// <summary>Single words, each from another row.</summary>
    private void Words(ref TrainingRandom random, StringBuilder into)
    {
        int count = 4 + random.Below(20);
        for (int i = 0; i < count; i++)
        {
            string text = _rows[random.Below(_rows.Count)].Text;
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
