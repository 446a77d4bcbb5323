namespace DlpLora.Runtime.Training;

/// <summary>Keeps a share of each label's rows for early stopping and calibration.</summary>
internal static class ValidationSplit
{
    /// <summary>Splits; rows with the same content, in whatever wording, go to the same side.</summary>
    public static (List<TextAnatomy> Train, List<TextAnatomy> Validation) Split(
        IReadOnlyList<TextAnatomy> rows, int labels, double share, ulong seed)
    {
        List<TextAnatomy> train = [];
        List<TextAnatomy> validation = [];
        for (int label = 0; label < labels; label++)
        {
            Dictionary<string, List<TextAnatomy>> groups = new(StringComparer.OrdinalIgnoreCase);
            foreach (TextAnatomy row in rows)
            {
                if (row.Label == label)
                {
                    TrainingRandom unused = default;
                    string key = ViewSampler.Content(row, ref unused);
                    if (!groups.TryGetValue(key, out List<TextAnatomy>? group))
                    {
                        groups.Add(key, group = []);
                    }

                    group.Add(row);
                }
            }

            List<TextAnatomy>[] shuffled = [.. groups.Values];
            new TrainingRandom(seed, stream: 3, substream: (ulong)label).Shuffle<List<TextAnatomy>>(shuffled);
            int total = groups.Values.Sum(g => g.Count);

            // Four rows or fewer all go to training: without them there is nothing to learn from.
            int wanted = total < 5 ? 0 : Math.Max(1, (int)Math.Round(total * share));
            int taken = 0;
            foreach (List<TextAnatomy> group in shuffled)
            {
                bool held = taken < wanted && taken + group.Count <= Math.Max(wanted, total / 2);
                (held ? validation : train).AddRange(group);
                taken += held ? group.Count : 0;
            }
        }

        return (train, validation);
    }
}
