using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace DlpLora.Runtime.Generation;

/// <summary>Picks tokens for one request. Allocates at most once; a greedy one without penalties never.</summary>
internal sealed class Sampler
{
    private readonly SamplingOptions _options;
    private readonly TokenCounts? _counts;
    private Xoshiro256 _random;
    private float[] _probabilities = [];
    private int[] _candidates = [];
    private float[] _keys = [];

    /// <param name="options">Checked options.</param>
    /// <param name="prompt">The prompt, for the repetition penalty.</param>
    public Sampler(SamplingOptions options, ReadOnlySpan<int> prompt)
    {
        _options = options;
        if (options.Temperature > 0)
        {
            Seed = options.Seed ?? BitConverter.ToInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(sizeof(long)));
            _random = new Xoshiro256(Seed.Value);
        }

        if (options.RepetitionPenalty != 1 || options.PresencePenalty != 0 || options.FrequencyPenalty != 0)
        {
            _counts = new TokenCounts(prompt);
        }
    }

    /// <summary>The seed in use; null for a greedy sampler.</summary>
    public long? Seed { get; }

    /// <summary>Picks the next token.</summary>
    /// <param name="logits">[vocabulary]; overwritten.</param>
    /// <param name="heldBack">Tokens that must not be picked now.</param>
    /// <returns>The token; -1 when the logits hold NaN or plus infinity, or nothing is left.</returns>
    public int Pick(Span<float> logits, ReadOnlySpan<int> heldBack)
    {
        // A NaN wins the search for the maximum, so one look at the winner is enough.
        int best = IndexOfMax(logits);
        if (float.IsNaN(logits[best]) || float.IsPositiveInfinity(logits[best]))
        {
            return -1;
        }

        if (_counts is not null || heldBack.Length > 0)
        {
            _counts?.Apply(_options, logits);
            foreach (int id in heldBack)
            {
                logits[id] = float.NegativeInfinity;
            }

            // Holding others back leaves the best one the best.
            best = _counts is null && !heldBack.Contains(best) ? best : IndexOfMax(logits);
        }

        if (!float.IsFinite(logits[best]))
        {
            return -1;
        }

        int token = _options.Temperature > 0 && _options.TopK != 1 ? Draw(logits, logits[best]) : best;
        _counts?.Add(token);
        return token;
    }

    /// <summary>The place of the first maximum, or of a NaN: two passes without places to keep track of are quicker than one with.</summary>
    private static int IndexOfMax(ReadOnlySpan<float> logits)
    {
        // The maximum's own bits: of NaN too, and +0 is more than -0.
        int bits = BitConverter.SingleToInt32Bits(TensorPrimitives.Max(logits));
        int place = MemoryMarshal.Cast<float, int>(logits).IndexOf(bits);
        return place >= 0 ? place : TensorPrimitives.IndexOfMax(logits);
    }

    private int Draw(Span<float> logits, float maximum)
    {
        if (_probabilities.Length < logits.Length)
        {
            _probabilities = new float[logits.Length];
            _candidates = new int[logits.Length];
            _keys = new float[logits.Length];
        }

        // exp((logit - maximum) / temperature): the most likely token is 1, so min-p is a plain threshold.
        Span<float> p = _probabilities.AsSpan(0, logits.Length);
        TensorPrimitives.Subtract(logits, maximum, p);
        TensorPrimitives.Divide(p, _options.Temperature, p);
        TensorPrimitives.Exp<float>(p, p);
        int kept = _options is { TopK: 0, TopP: >= 1 } ? KeepAll(p) : KeepMostLikely(p);
        double total = 0;
        for (int i = 0; i < kept; i++)
        {
            total += p[_candidates[i]];
        }

        double target = _random.NextDouble() * total;
        for (int i = 0; i < kept; i++)
        {
            target -= p[_candidates[i]];
            if (target < 0)
            {
                return _candidates[i];
            }
        }

        return _candidates[kept - 1];
    }

    /// <summary>All tokens that min-p admits, in the vocabulary's order.</summary>
    private int KeepAll(ReadOnlySpan<float> p)
    {
        int kept = 0;
        for (int i = 0; i < p.Length; i++)
        {
            if (p[i] > 0 && p[i] >= _options.MinP)
            {
                _candidates[kept++] = i;
            }
        }

        return kept;
    }

    /// <summary>The tokens that top-k, top-p and min-p admit, most likely first, equally likely ones in the vocabulary's order.</summary>
    private int KeepMostLikely(ReadOnlySpan<float> p)
    {
        double? sum = null;
        int count = _options.TopK > 0 ? SelectTop(p, _options.TopK) : SelectNucleus(p, out sum);
        Span<float> keys = _keys.AsSpan(0, count);
        Span<int> candidates = _candidates.AsSpan(0, count);
        keys.Sort(candidates);
        OrderEqual(keys, candidates);
        int kept = count;
        if (_options.TopP < 1)
        {
            kept = Nucleus(p, candidates[..kept], sum);
        }

        while (kept > 1 && p[candidates[kept - 1]] < _options.MinP)
        {
            kept--;
        }

        return kept;
    }

    /// <summary>Collects the k most likely tokens, of equally likely ones the first, in no order: a heap with the least of them on top.</summary>
    private int SelectTop(ReadOnlySpan<float> p, int k)
    {
        int count = 0;
        for (int i = 0; i < p.Length; i++)
        {
            if (count == k)
            {
                // A later one has to be better than the least of them, not as good.
                if (-p[i] < _keys[0])
                {
                    (_keys[0], _candidates[0]) = (-p[i], i);
                    SiftDown(0, count);
                }
            }
            else if (p[i] > 0)
            {
                (_keys[count], _candidates[count]) = (-p[i], i);
                if (++count == k)
                {
                    for (int node = (k / 2) - 1; node >= 0; node--)
                    {
                        SiftDown(node, count);
                    }
                }
            }
        }

        return count;
    }

    /// <summary>Moves a node of the heap down to its place: nobody is less likely than its parent, nor as likely and further back.</summary>
    private void SiftDown(int node, int count)
    {
        while (true)
        {
            int least = node;
            for (int child = (2 * node) + 1; child <= (2 * node) + 2 && child < count; child++)
            {
                if (_keys[child] > _keys[least] || (_keys[child] == _keys[least] && _candidates[child] > _candidates[least]))
                {
                    least = child;
                }
            }

            if (least == node)
            {
                return;
            }

            (_keys[node], _keys[least]) = (_keys[least], _keys[node]);
            (_candidates[node], _candidates[least]) = (_candidates[least], _candidates[node]);
            node = least;
        }
    }

    /// <summary>Collects the tokens that top-p may admit, in the vocabulary's order.</summary>
    /// <param name="p">[vocabulary].</param>
    /// <param name="sum">The sum of all of it.</param>
    private int SelectNucleus(ReadOnlySpan<float> p, out double? sum)
    {
        double total = 0;
        foreach (float value in p)
        {
            total += value;
        }

        // What each token below the floor could add to the nucleus is so little that all of them together do not reach 1 - p: sorting the others is enough.
        double floor = _options.TopP < 1 ? (1 - (double)_options.TopP) * total / p.Length : 0;
        int count = 0;
        for (int i = 0; i < p.Length; i++)
        {
            if (p[i] > 0 && p[i] >= floor)
            {
                _keys[count] = -p[i];
                _candidates[count++] = i;
            }
        }

        sum = total;
        return count;
    }

    /// <summary>How many of the candidates it takes to reach top-p of their sum.</summary>
    private int Nucleus(ReadOnlySpan<float> p, ReadOnlySpan<int> candidates, double? sum)
    {
        double total = sum ?? 0;
        if (sum is null)
        {
            foreach (int id in candidates)
            {
                total += p[id];
            }
        }

        double reached = 0;
        for (int i = 0; i < candidates.Length; i++)
        {
            reached += p[candidates[i]];
            if (reached >= _options.TopP * total)
            {
                return i + 1;
            }
        }

        return candidates.Length;
    }

    /// <summary>The sort is not stable; the draw must not depend on that.</summary>
    private static void OrderEqual(ReadOnlySpan<float> keys, Span<int> candidates)
    {
        for (int start = 0; start < keys.Length;)
        {
            int end = start + 1;
            while (end < keys.Length && keys[end] == keys[start])
            {
                end++;
            }

            if (end - start > 1)
            {
                candidates[start..end].Sort();
            }

            start = end;
        }
    }
}
