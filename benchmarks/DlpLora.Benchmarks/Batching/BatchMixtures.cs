using DlpLora.Runtime.Adapters;

namespace DlpLora.Benchmarks.Batching;

/// <summary>Mixtures of three adapters for the rows of a batch, by popularity (as punica's benchmarks, arXiv 2310.18547).</summary>
internal static class BatchMixtures
{
    /// <summary>Adapters of a mixture.</summary>
    public const int Adapters = 3;

    private static readonly float[] Weights = [0.5f, 0.3f, 0.2f];

    /// <summary>All rows have one mixture.</summary>
    public static Mixture Identical(string[] names, int row) => Of(names, 0, 1, 2);

    /// <summary>No two rows share an adapter, as long as there are enough.</summary>
    public static Mixture Distinct(string[] names, int row) => Of(names, row * Adapters, (row * Adapters) + 1, (row * Adapters) + 2);

    /// <summary>Every adapter is as likely.</summary>
    public static Mixture Uniform(string[] names, int row) => Draw(names, row, _ => 1);

    /// <summary>The n-th adapter is drawn in proportion to 1/n (Zipf).</summary>
    public static Mixture Skewed(string[] names, int row) => Draw(names, row, rank => 1.0 / (rank + 1));

    /// <summary>The base.</summary>
    public static Mixture Base(string[] names, int row) => Mixture.Empty;

    private static Mixture Draw(string[] names, int row, Func<int, double> weight)
    {
        Random random = new(row + 1);
        List<int> left = [.. Enumerable.Range(0, names.Length)];
        int[] drawn = new int[Adapters];
        for (int i = 0; i < Adapters; i++)
        {
            double target = random.NextDouble() * left.Sum(weight);
            int place = 0;
            while (place < left.Count - 1 && (target -= weight(left[place])) > 0)
            {
                place++;
            }

            drawn[i] = left[place];
            left.RemoveAt(place);
        }

        return Of(names, drawn);
    }

    private static Mixture Of(string[] names, params ReadOnlySpan<int> adapters)
    {
        WeightedAdapter[] weighted = new WeightedAdapter[adapters.Length];
        for (int i = 0; i < weighted.Length; i++)
        {
            weighted[i] = new WeightedAdapter(names[adapters[i] % names.Length], Weights[i]);
        }

        return Mixture.Create(weighted);
    }
}
