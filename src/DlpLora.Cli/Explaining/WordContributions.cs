using DlpLora.Runtime.Routing;

namespace DlpLora.Cli.Explaining;

/// <summary>Asks the router about a text without each of its words in turn.</summary>
internal static class WordContributions
{
    /// <summary>Words beyond are not asked about.</summary>
    private const int MostWords = 400;

    /// <summary>What each word says for a label.</summary>
    /// <param name="router">The router.</param>
    /// <param name="text">The text.</param>
    /// <param name="label">The index of the label.</param>
    public static IReadOnlyList<WordContribution> Of(Router router, string text, int label)
    {
        RoutingDecision decision = new();
        double whole = Odds(router, text, label, decision);
        List<WordContribution> words = [];
        for (int start = 0; start < text.Length && words.Count < MostWords;)
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
