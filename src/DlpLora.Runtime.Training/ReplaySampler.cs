using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Routing.Prototypes;
using DlpLora.Runtime.Routing.Wordings;

namespace DlpLora.Runtime.Training;

/// <summary>Chooses the texts whose features stay in the router's file, for labels that are added later.</summary>
internal static class ReplaySampler
{
    /// <summary>Views a label: rows kept out of training as they are, without their wording and in a neutral one. Their scores are those of new texts.</summary>
    private const int ViewsPerLabel = 12;

    /// <summary>As <see cref="ValidationSet"/> makes them.</summary>
    private const int ViewsPerRow = 3;

    private const int NegativesPerRound = 8;

    private const int MaximumNumbers = 100_000;

    /// <summary>
    /// The rows kept out of training, less those whose features stay in the file and all that are about the same things: a router that had counted them
    /// would be surer of the kept texts than of new ones.
    /// </summary>
    public static List<TextAnatomy> Others(IReadOnlyList<TextAnatomy> validation)
    {
        HashSet<(int Label, int Group)> spared = [];
        foreach (IGrouping<int, TextAnatomy> label in validation.GroupBy(r => r.Label))
        {
            TextAnatomy[] rows = [.. label];
            spared.UnionWith(rows[..Spared(rows.Length)].Select(r => (r.Label, r.Group)));
        }

        return [.. validation.Where(r => !spared.Contains((r.Label, r.Group)))];
    }

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

        foreach (List<string> own in texts)
        {
            int spared = Spared(own.Count / ViewsPerRow) * ViewsPerRow;
            own.RemoveRange(spared, own.Count - spared);
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
        List<ReplayRow> kept = [];

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

        return new ReplayRows([.. kept]);

        void Add(string text, int label)
        {
            ReplayRow row = ReplayRow.Of(label, FeatureHashes.Of(text, recipe));
            if (row.Length > 0 && row.NumberCount <= room)
            {
                kept.Add(row);
                room -= row.NumberCount;
            }
        }
    }

    /// <summary>The first rows of a label, of those kept out, that stay in the file.</summary>
    private static int Spared(int rows) => Math.Min(ViewsPerLabel, rows / 2);
}
