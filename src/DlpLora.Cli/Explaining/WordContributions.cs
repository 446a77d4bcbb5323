using DlpLora.Runtime.Routing;

namespace DlpLora.Cli.Explaining;

/// <summary>Asks the router about a text without each of its words in turn.</summary>
internal static class WordContributions
{
    /// <summary>Words beyond are not asked about, and of a long text no more than what reading it so often takes about a second for.</summary>
    private const int MostWords = 400;
    private const int MostCharacters = 16_000_000;

    /// <summary>What each word says for a label.</summary>
    /// <param name="router">The router.</param>
    /// <param name="text">The text.</param>
    /// <param name="label">The index of the label.</param>
    public static IReadOnlyList<WordContribution> Of(Router router, string text, int label)
    {
        RoutingDecision decision = new();
        double whole = Odds(router, text, label, decision);
        int most = Math.Clamp(MostCharacters / Math.Max(1, text.Length), 1, MostWords);
        List<WordContribution> words = [];
        for (int start = 0; start < text.Length && words.Count < most;)
        {
            if (char.IsWhiteSpace(text[start]))
            {
                start++;
                continue;
            }

            int end = start;
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            string without = string.Concat(text.AsSpan(0, start), text.AsSpan(end));
            words.Add(new WordContribution(start, end, (float)(whole - Odds(router, without, label, decision))));
            start = end;
        }

        return words;
    }

    /// <summary>The log odds of a label against all others and none, by the scores themselves: probabilities near 1 would hide what a word does.</summary>
    private static double Odds(Router router, string text, int label, RoutingDecision into)
    {
        router.Decide(text, RoutingPolicy.Default, into);
        ReadOnlySpan<float> scores = into.Scores;
        double most = double.NegativeInfinity;
        for (int i = 0; i < scores.Length; i++)
        {
            most = i == label ? most : Math.Max(most, scores[i]);
        }

        double sum = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            sum += i == label ? 0 : Math.Exp(scores[i] - most);
        }

        return scores[label] - (Math.Log(sum) + most);
    }
}
