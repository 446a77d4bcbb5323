
namespace DlpLora.Runtime.Training.Tests;

/// <summary>Three small tasks with two wordings each, written for these tests.</summary>
internal static class SyntheticTasks
{
    private static readonly string[] Animals = ["cat", "horse", "owl", "beaver", "lizard", "goose", "otter", "badger", "falcon", "moose"];
    private static readonly string[] Places = ["barn", "river", "attic", "meadow", "harbour", "tunnel", "orchard", "quarry", "chapel", "lagoon"];

    public static List<RouterExample> Rows(int perTask = 60)
    {
        List<RouterExample> rows = [];
        for (int i = 0; i < perTask; i++)
        {
            string animal = Animals[i % 10];
            string place = Places[i / 10 % 10];
            bool even = i % 2 == 0;
            rows.Add(new(even ? $"Where is the animal? The {animal} sat in the {place}." : $"The {animal} sat in the {place}.\nName the place.", "places"));
            rows.Add(new(even ? $"Add the numbers: {i} plus {i * 7} and {i + 3}" : $"{i} plus {i * 7} and {i + 3}\nWhat is the sum?", "sums"));
            rows.Add(new(even ? $"Translate: der {animal} schläft nicht und die {place} ist grün" : $"der {animal} schläft nicht und die {place} ist grün\nIn English?", "german"));
        }

        return rows;
    }

    public static RouterTrainingOptions Options(ulong seed = 1, int threads = 2) => new()
    {
        Seed = seed,
        Threads = threads,
        Epochs = 4,
        Recipe = new() { Rows = 4096, Width = 32 },
        Training = new() { Hidden = [16], CountStrength = 1 },
    };
}
