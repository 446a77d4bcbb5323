namespace DlpLora.Runtime.Routing.Prototypes;

/// <summary>Collects the feature hashes of a text.</summary>
internal readonly struct FeatureHashes(List<uint> into) : IFeatureSink
{
    public void Add(uint hash) => into.Add(hash);

    public static uint[] Of(ReadOnlySpan<char> text, FeatureRecipe recipe)
    {
        List<uint> hashes = [];
        FeatureHashes sink = new(hashes);
        FeatureExtractor.Extract(text, recipe, ref sink);
        return [.. hashes];
    }

    /// <summary>At most so many of a text's features, taken evenly over its length.</summary>
    public static uint[] Thin(uint[] hashes, int most)
    {
        if (hashes.Length <= most)
        {
            return hashes;
        }

        uint[] kept = new uint[most];
        for (int i = 0; i < most; i++)
        {
            kept[i] = hashes[(int)((long)i * hashes.Length / most)];
        }

        return kept;
    }
}
