using System.Globalization;

namespace DlpLora.Runtime.Evaluation.Metrics;

/// <summary>
/// ROUGE (Lin 2004) as the rouge_score package computes it, without stemming: tokens are runs of a-z and 0-9 of the lowered text.
/// </summary>
public static class Rouge
{
    /// <summary>ROUGE-N: shared n-grams.</summary>
    /// <param name="hypothesis">The text to score.</param>
    /// <param name="reference">The accepted text.</param>
    /// <param name="order">n, at least 1.</param>
    public static RougeScore N(string hypothesis, string reference, int order)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        Dictionary<string, int> found = CountGrams(Tokenize(hypothesis), order);
        Dictionary<string, int> wanted = CountGrams(Tokenize(reference), order);
        int shared = wanted.Sum(gram => Math.Min(gram.Value, found.GetValueOrDefault(gram.Key)));
        return new RougeScore((double)shared / Math.Max(found.Values.Sum(), 1), (double)shared / Math.Max(wanted.Values.Sum(), 1));
    }

    /// <summary>ROUGE-L: the longest common subsequence of the whole texts.</summary>
    /// <param name="hypothesis">The text to score.</param>
    /// <param name="reference">The accepted text.</param>
    public static RougeScore L(string hypothesis, string reference)
    {
        string[] found = Tokenize(hypothesis);
        string[] wanted = Tokenize(reference);
        if (found.Length == 0 || wanted.Length == 0)
        {
            return default;
        }

        int common = CommonSubsequence.Length(wanted, found);
        return new RougeScore((double)common / found.Length, (double)common / wanted.Length);
    }

    /// <summary>ROUGE-Lsum: for each line of the reference, the union of its longest common subsequences with all lines of the hypothesis.</summary>
    /// <param name="hypothesis">The text to score.</param>
    /// <param name="reference">The accepted text.</param>
    public static RougeScore LSum(string hypothesis, string reference)
    {
        string[][] found = Lines(hypothesis);
        string[][] wanted = Lines(reference);
        int foundLength = found.Sum(line => line.Length);
        int wantedLength = wanted.Sum(line => line.Length);
        if (foundLength == 0 || wantedLength == 0)
        {
            return default;
        }

        Dictionary<string, int> foundLeft = CountGrams([.. found.SelectMany(line => line)], 1);
        Dictionary<string, int> wantedLeft = CountGrams([.. wanted.SelectMany(line => line)], 1);
        int hits = 0;
        foreach (string[] line in wanted)
        {
            SortedSet<int> union = [];
            foreach (string[] other in found)
            {
                union.UnionWith(CommonSubsequence.Indices(line, other));
            }

            foreach (int index in union)
            {
                string token = line[index];
                if (foundLeft.GetValueOrDefault(token) > 0 && wantedLeft[token] > 0)
                {
                    hits++;
                    foundLeft[token]--;
                    wantedLeft[token]--;
                }
            }
        }

        return new RougeScore((double)hits / foundLength, (double)hits / wantedLength);
    }

    private static string[][] Lines(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Tokenize)];
    }

    private static string[] Tokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);

        // The reference's lower case of the dotted capital I is an i and a combining dot; .NET's invariant one keeps it.
        string lower = text.Replace("\u0130", "i\u0307", StringComparison.Ordinal).ToLower(CultureInfo.InvariantCulture);
        List<string> tokens = [];
        int start = -1;
        for (int i = 0; i <= lower.Length; i++)
        {
            bool isWord = i < lower.Length && (char.IsAsciiLetterLower(lower[i]) || char.IsAsciiDigit(lower[i]));
            if (isWord && start < 0)
            {
                start = i;
            }
            else if (!isWord && start >= 0)
            {
                tokens.Add(lower[start..i]);
                start = -1;
            }
        }

        return [.. tokens];
    }

    private static Dictionary<string, int> CountGrams(string[] tokens, int order)
    {
        Dictionary<string, int> grams = new(StringComparer.Ordinal);
        for (int i = 0; i + order <= tokens.Length; i++)
        {
            string gram = string.Join(' ', tokens, i, order);
            grams[gram] = grams.GetValueOrDefault(gram) + 1;
        }

        return grams;
    }
}
