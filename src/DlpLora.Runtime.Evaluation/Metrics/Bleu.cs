namespace DlpLora.Runtime.Evaluation.Metrics;

/// <summary>
/// BLEU (Papineni et al. 2002) as sacrebleu 2 computes it by default: 13a tokens, case kept, n-grams up to 4, exponential smoothing.
/// </summary>
public static class Bleu
{
    private const int Orders = 4;

    /// <summary>The score of one hypothesis, over the orders that it is long enough for.</summary>
    /// <param name="hypothesis">The text to score.</param>
    /// <param name="references">Accepted texts, at least one.</param>
    public static BleuScore Sentence(string hypothesis, params IReadOnlyList<string> references)
    {
        Counts counts = new();
        counts.Add(hypothesis, references);
        return counts.ToScore(effectiveOrder: true);
    }

    /// <summary>The score of many hypotheses, counts added up over all.</summary>
    /// <param name="pairs">Each hypothesis with its accepted texts, at least one.</param>
    public static BleuScore Corpus(IEnumerable<(string Hypothesis, IReadOnlyList<string> References)> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        Counts counts = new();
        foreach ((string hypothesis, IReadOnlyList<string> references) in pairs)
        {
            counts.Add(hypothesis, references);
        }

        return counts.ToScore(effectiveOrder: false);
    }

    private static Dictionary<string, int> CountGrams(string[] tokens, int order)
    {
        Dictionary<string, int> grams = new(StringComparer.Ordinal);
        for (int i = 0; i + order <= tokens.Length; i++)
        {
            // Tokens hold no whitespace, so a space keeps n-grams apart.
            string gram = string.Join(' ', tokens, i, order);
            grams[gram] = grams.GetValueOrDefault(gram) + 1;
        }

        return grams;
    }

    private sealed class Counts
    {
        private readonly long[] _correct = new long[Orders];
        private readonly long[] _total = new long[Orders];
        private long _hypothesisLength;
        private long _referenceLength;

        public void Add(string hypothesis, IReadOnlyList<string> references)
        {
            ArgumentNullException.ThrowIfNull(hypothesis);
            ArgumentNullException.ThrowIfNull(references);
            ArgumentOutOfRangeException.ThrowIfZero(references.Count);
            string[] tokens = BleuTokenizer.Tokenize(hypothesis);
            string[][] accepted = [.. references.Select(BleuTokenizer.Tokenize)];
            _hypothesisLength += tokens.Length;
            _referenceLength += accepted.Select(r => r.Length).OrderBy(length => Math.Abs(length - tokens.Length)).ThenBy(length => length).First();
            for (int order = 1; order <= Orders; order++)
            {
                Dictionary<string, int>[] grams = [.. accepted.Select(r => CountGrams(r, order))];
                foreach ((string gram, int count) in CountGrams(tokens, order))
                {
                    _correct[order - 1] += Math.Min(count, grams.Max(r => r.GetValueOrDefault(gram)));
                    _total[order - 1] += count;
                }
            }
        }

        public BleuScore ToScore(bool effectiveOrder)
        {
            double penalty = _hypothesisLength >= _referenceLength ? 1
                : _hypothesisLength == 0 ? 0 : Math.Exp(1 - ((double)_referenceLength / _hypothesisLength));
            double[] precisions = new double[Orders];
            if (_correct.All(c => c == 0))
            {
                return new BleuScore(0, precisions, penalty, _hypothesisLength, _referenceLength);
            }

            double smoothing = 1;
            int orders = Orders;
            for (int n = 0; n < Orders && _total[n] > 0; n++)
            {
                orders = effectiveOrder ? n + 1 : Orders;
                smoothing *= _correct[n] == 0 ? 2 : 1;
                precisions[n] = _correct[n] == 0 ? 100 / (smoothing * _total[n]) : 100.0 * _correct[n] / _total[n];
            }

            double logarithms = precisions.Take(orders).Sum(p => p == 0 ? -9999999999 : Math.Log(p));
            return new BleuScore(penalty * Math.Exp(logarithms / orders), precisions, penalty, _hypothesisLength, _referenceLength);
        }
    }
}
