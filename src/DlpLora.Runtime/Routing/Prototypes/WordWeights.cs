namespace DlpLora.Runtime.Routing.Prototypes;

/// <summary>How much each feature of a new label's examples speaks for it: the log of how often texts of the label have it to how often others do.</summary>
internal sealed class WordWeights
{
    /// <summary>Added to both counts, so that a feature that no other text has gets no endless weight.</summary>
    private const double Smoothing = 0.03;

    /// <summary>A feature that so many examples have counts half of what its ratio says; those of one example alone are likely about its content.</summary>
    private const double HalfTrusted = 10;

    private readonly Dictionary<uint, int> _own = []; // feature to how many examples have it
    private readonly Dictionary<uint, int> _others = [];
    private readonly int _examples;
    private readonly int _rows;

    /// <param name="examples">The features of the label's texts.</param>
    /// <param name="others">Those of other texts.</param>
    /// <param name="most">The most features to weigh, the strongest ones; the others say nothing.</param>
    public WordWeights(IReadOnlyList<uint[]> examples, IReadOnlyList<uint[]> others, int most)
    {
        _examples = examples.Count;
        _rows = others.Count;
        Count(examples, _own, all: true);
        Count(others, _others, all: false);
        (Words, Weights) = Strongest(most);
        HashSet<uint> kept = [.. Words];
        foreach (uint feature in _own.Keys)
        {
            if (!kept.Contains(feature))
            {
                _own.Remove(feature);
            }
        }
    }

    /// <summary>The features that are weighed.</summary>
    public uint[] Words { get; }

    /// <summary>What they say, beside <see cref="Words"/>.</summary>
    public double[] Weights { get; }

    /// <summary>The sum over a text's features, divided by the root of their number.</summary>
    /// <param name="text">The text's features, or some of them.</param>
    /// <param name="length">How many it has.</param>
    /// <param name="own">Whether the text is one of the examples; then it is scored as if it had not been.</param>
    public double Score(ReadOnlySpan<uint> text, int length, ReadOnlySpan<uint> own)
    {
        HashSet<uint>? left = own.IsEmpty ? null : [.. own];
        double sum = 0;
        foreach (uint feature in text)
        {
            if (_own.TryGetValue(feature, out int count))
            {
                sum += left is not null && left.Contains(feature) ? Weight(feature, count - 1, _examples - 1) : Weight(feature, count, _examples);
            }
        }

        return sum * length / text.Length * PrototypeHead.WordNorm(length);
    }

    private (uint[] Words, double[] Weights) Strongest(int most)
    {
        List<(uint Word, double Weight, double Rank)> all = [];
        foreach ((uint feature, int count) in _own)
        {
            double weight = Weight(feature, count, _examples);
            if (weight != 0)
            {
                all.Add((feature, weight, Math.Abs(weight) * count));
            }
        }

        // By rank, then by hash: the same examples give the same label in whatever order they come.
        all.Sort((a, b) => b.Rank != a.Rank ? b.Rank.CompareTo(a.Rank) : a.Word.CompareTo(b.Word));
        all.RemoveRange(Math.Min(most, all.Count), Math.Max(0, all.Count - most));
        return ([.. all.Select(w => w.Word)], [.. all.Select(w => w.Weight)]);
    }

    private double Weight(uint feature, int count, int examples)
    {
        if (count <= 0)
        {
            return 0;
        }

        double own = (count + Smoothing) / (examples + (2 * Smoothing));
        double others = (_others.GetValueOrDefault(feature) + Smoothing) / (_rows + (2 * Smoothing));

        return Math.Log(own / others) * count / (count + HalfTrusted);
    }

    private void Count(IReadOnlyList<uint[]> texts, Dictionary<uint, int> into, bool all)
    {
        HashSet<uint> seen = [];
        foreach (uint[] text in texts)
        {
            seen.Clear();
            foreach (uint feature in text)
            {
                if (seen.Add(feature) && (all || _own.ContainsKey(feature)))
                {
                    into[feature] = into.GetValueOrDefault(feature) + 1;
                }
            }
        }
    }
}
