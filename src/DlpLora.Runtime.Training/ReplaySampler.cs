using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Routing.Prototypes;

namespace DlpLora.Runtime.Training;

/// <summary>Chooses the texts whose features stay in the router's file, for labels that are added later.</summary>
internal static class ReplaySampler
{
    /// <summary>Views a label: rows kept out of training as they are, without their wording and in a neutral one. Their scores are those of new texts.</summary>
    private const int ViewsPerLabel = 16;

    /// <summary>As <see cref="ValidationSet"/> makes them.</summary>
    private const int ViewsPerRow = 3;

    private const int NegativesPerRound = 8;

    private const int MaximumNumbers = 64_000;

    public static ReplayRows Sample(RouterModel model, ValidationSet views, IReadOnlyList<TextAnatomy> rows, ulong seed)
    {
        int labels = model.Labels.Length;
        FeatureRecipe recipe = model.Recipe;
        int room = Math.Min(MaximumNumbers, RouterModel.MaximumParameters - model.ParameterCount);
        List<string>[] texts = [.. Enumerable.Range(0, labels).Select(_ => new List<string>())];
        for (int i = 0; i < views.Texts.Count; i++)
        {
            texts[views.Labels[i]].Add(views.Texts[i]);
        }

        // Labels too small to have rows kept out give those that they have.
        foreach (TextAnatomy row in rows)
        {
            if (texts[row.Label].Count < ViewsPerLabel)
            {
                texts[row.Label].Add(row.Text);
            }
        }

        string[] negatives = [.. views.Negatives];
        new TrainingRandom(seed, stream: 29).Shuffle<string>(negatives);
        List<uint> features = [];
        List<int> owners = [];
        List<int> counts = [];

        // A view of every label before a second of any: where the room ends, no label is without.
        for (int round = 0; round < ViewsPerLabel; round++)
        {
            for (int label = 0; label < labels; label++)
            {
                // The views come row by row: another row each round, and the next view of it.
                List<string> own = texts[label];
                if (round < own.Count)
                {
                    Add(own[((round * ViewsPerRow) + (round % ViewsPerRow)) % own.Count], label);
                }
            }

            foreach (string negative in negatives.Skip(round * NegativesPerRound).Take(NegativesPerRound))
            {
                Add(negative, ReplayRows.None);
            }
        }

        return new ReplayRows([.. features], [.. owners], [.. counts]);

        void Add(string text, int label)
        {
            uint[] own = FeatureHashes.Thin(FeatureHashes.Of(text, recipe), ReplayRows.MaximumFeatures);
            if (own.Length > 0 && features.Count + own.Length + (2 * counts.Count) + 2 <= room)
            {
                features.AddRange(own);
                owners.Add(label);
                counts.Add(own.Length);
            }
        }
    }
}
