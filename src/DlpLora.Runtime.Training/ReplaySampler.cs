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

    /// <summary>The rows kept out of training, less those whose features stay in the file: a router that had counted them would be surer of them than of new texts.</summary>
    public static List<TextAnatomy> Others(IReadOnlyList<TextAnatomy> validation)
    {
        Dictionary<int, int> rows = [];
        foreach (TextAnatomy row in validation)
        {
            rows[row.Label] = rows.GetValueOrDefault(row.Label) + 1;
        }

        Dictionary<int, int> seen = [];
        List<TextAnatomy> others = [];
        foreach (TextAnatomy row in validation)
        {
            int place = seen.GetValueOrDefault(row.Label);
            seen[row.Label] = place + 1;
            if (place >= Spared(rows[row.Label]))
            {
                others.Add(row);
            }
        }

        return others;
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
