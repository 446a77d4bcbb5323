using System.Text;

namespace DlpLora.Runtime.Training.Negatives;

/// <summary>
/// Prompts of everyday assistants, put together from patterns and words written for this library: what people ask that no special skill is
/// for. The patterns are in two parts, one to learn from and one kept out, so that what is measured on the second was never seen in the first.
/// </summary>
internal sealed class PromptGrammar
{
    /// <summary>One pattern in as many is kept out.</summary>
    private const int HeldEvery = 8;

    private static readonly string[][] Groups =
    [
        Lines(QuestionPrompts.Patterns), Lines(CommandPrompts.Patterns), Lines(OpenPrompts.Patterns), Lines(TextPrompts.Patterns), Lines(FactPrompts.Patterns),
    ];

    private readonly string[][] _groups;

    private PromptGrammar(bool held) =>
        _groups = [.. Groups.Select(g => g.Where((_, i) => i % HeldEvery == HeldEvery - 1 == held).ToArray())];

    /// <summary>The patterns to learn from.</summary>
    public static PromptGrammar Training { get; } = new(held: false);

    /// <summary>The patterns kept out.</summary>
    public static PromptGrammar Held { get; } = new(held: true);

    /// <summary>Adds a prompt to a text.</summary>
    public void Append(ref TrainingRandom random, StringBuilder into)
    {
        // Text work is a quarter as often as its share of what people ask would be by patterns alone: its frames are few.
        string[] group = random.Single() switch
        {
            < 0.29f => _groups[0],
            < 0.42f => _groups[1],
            < 0.67f => _groups[2],
            < 0.80f => _groups[3],
            _ => _groups[4],
        };
        int start = into.Length;
        Fill(group[random.Below(group.Length)], ref random, into);
        Restyle(start, ref random, into);
    }

    private static void Fill(ReadOnlySpan<char> pattern, ref TrainingRandom random, StringBuilder into)
    {
        while (!pattern.IsEmpty)
        {
            int next = pattern.IndexOfAny('{', '\\');
            if (next < 0)
            {
                into.Append(pattern);
                return;
            }

            into.Append(pattern[..next]);
            if (pattern[next] == '\\')
            {
                into.Append('\n');
                pattern = pattern[(next + 2)..];
                continue;
            }

            int end = next + pattern[next..].IndexOf('}');
            string slot = pattern[(next + 1)..end].ToString();
            bool article = slot.StartsWith("a:", StringComparison.Ordinal);
            string[] values = PromptWords.All[article ? slot[2..] : slot];
            string value = values[random.Below(values.Length)];
            if (article)
            {
                into.Append("aeiou".Contains(char.ToLowerInvariant(value[0]), StringComparison.Ordinal) ? "an " : "a ");
            }

            into.Append(value);
            pattern = pattern[(end + 1)..];
        }
    }

    /// <summary>Capitals and marks as people set them or leave them out.</summary>
    private static void Restyle(int start, ref TrainingRandom random, StringBuilder into)
    {
        if (start == into.Length)
        {
            return;
        }

        float u = random.Single();
        if (u < 0.15f)
        {
            for (int i = start; i < into.Length; i++)
            {
                into[i] = char.ToLowerInvariant(into[i]);
            }

            if (into[^1] is '.' or '?')
            {
                into.Length--;
            }
        }
        else if (u < 0.5f && char.IsAsciiLetterLower(into[start]))
        {
            into[start] = char.ToUpperInvariant(into[start]);
            if (char.IsLetterOrDigit(into[^1]))
            {
                into.Append(IsQuestion(into, start) ? '?' : '.');
            }
        }
    }

    private static bool IsQuestion(StringBuilder text, int start) =>
        text.ToString(start, 2) is "Wh" or "Ho" or "Is" or "Ar" or "Do" or "Di" or "Ca" or "Wi" or "Sh" or "Ha";

    private static string[] Lines(string patterns) => patterns.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
