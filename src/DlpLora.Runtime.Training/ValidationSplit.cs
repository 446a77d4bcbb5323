using DlpLora.Runtime.Routing.Wordings;

namespace DlpLora.Runtime.Training;

/// <summary>Keeps a share of each label's rows for calibration.</summary>
internal static class ValidationSplit
{
    /// <summary>Splits; rows about the same thing, in whatever wording, go to the same side.</summary>
    /// <param name="rows">The rows, with their groups marked.</param>
    /// <param name="labels">How many labels there are.</param>
    /// <param name="share">The share of each label's rows to keep, from 0 to 1.</param>
    /// <param name="seed">Decides which.</param>
    public static (List<TextAnatomy> Train, List<TextAnatomy> Validation) Split(
        IReadOnlyList<TextAnatomy> rows, int labels, double share, ulong seed)
    {
        List<TextAnatomy> train = [];
        List<TextAnatomy> validation = [];
        for (int label = 0; label < labels; label++)
        {
            List<TextAnatomy>[] shuffled = [.. rows.Where(r => r.Label == label).GroupBy(r => r.Group).Select(g => g.ToList())];
            new TrainingRandom(seed, stream: 3, substream: (ulong)label).Shuffle<List<TextAnatomy>>(shuffled);
            int total = shuffled.Sum(g => g.Count);

            // Four rows or fewer all go to training: without them there is nothing to learn from.
            int wanted = total < 5 ? 0 : Math.Max(1, (int)Math.Round(total * share));
            int taken = 0;
            List<List<TextAnatomy>> held = [];
            foreach (List<TextAnatomy> group in shuffled)
            {
                if (taken < wanted && taken + group.Count <= Math.Max(wanted, total / 2))
                {
                    held.Add(group);
                    taken += group.Count;
                }
                else
                {
                    train.AddRange(group);
                }
            }

            // One of every group before a second of any: whoever takes the first ones has as many things as there are.
            validation.AddRange(held.SelectMany(g => g.Select((row, place) => (row, place))).OrderBy(r => r.place).Select(r => r.row));
        }

        return (train, validation);
    }
}
