namespace DlpLora.Runtime.Routing.Prototypes;

/// <summary>
/// The features of a few texts of every label and of none, kept in the router's file: a label that is added later is weighed against them, so that
/// the labels before it keep their texts. Hashes only, no text.
/// </summary>
internal sealed class ReplayRows
{
    /// <summary>The label of a text that belongs to no adapter.</summary>
    public const int None = -1;

    /// <summary>The most features kept of one text.</summary>
    public const int MaximumFeatures = 160;

    /// <param name="features">The texts' feature hashes, one text after the other.</param>
    /// <param name="labels">[rows], the index of the text's label, or <see cref="None"/>.</param>
    /// <param name="counts">[rows], how many of the features are the text's.</param>
    public ReplayRows(uint[] features, int[] labels, int[] counts)
    {
        Features = features;
        Labels = labels;
        Counts = counts;
    }

    public static ReplayRows Empty { get; } = new([], [], []);

    public uint[] Features { get; }

    public int[] Labels { get; }

    public int[] Counts { get; }

    public int Count => Labels.Length;

    /// <summary>The numbers that the rows take in the file.</summary>
    public int NumberCount => Features.Length + Labels.Length + Counts.Length;

    /// <summary>These rows and others of one label after them.</summary>
    public ReplayRows Append(int label, IReadOnlyList<uint[]> texts)
    {
        int[] labels = new int[texts.Count];
        Array.Fill(labels, label);
        List<uint> features = [.. Features];
        int[] counts = new int[texts.Count];
        for (int i = 0; i < texts.Count; i++)
        {
            features.AddRange(texts[i]);
            counts[i] = texts[i].Length;
        }

        return new ReplayRows([.. features], [.. Labels, .. labels], [.. Counts, .. counts]);
    }

    /// <summary>These rows without a label's; the labels behind it move up by one.</summary>
    public ReplayRows Without(int label)
    {
        List<uint> features = [];
        List<int> labels = [];
        List<int> counts = [];
        int start = 0;
        for (int i = 0; i < Count; i++)
        {
            if (Labels[i] != label)
            {
                features.AddRange(Features.AsSpan(start, Counts[i]));
                labels.Add(Labels[i] > label ? Labels[i] - 1 : Labels[i]);
                counts.Add(Counts[i]);
            }

            start += Counts[i];
        }

        return new ReplayRows([.. features], [.. labels], [.. counts]);
    }
}
