using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Tests.Fixtures;

/// <summary>A real router whose weights are set by hand: a text that holds a label's word belongs to the label, any other to none.</summary>
internal static class KeywordRouter
{
    private const int Width = 32;

    /// <summary>Writes the router's file and returns its path.</summary>
    public static string Write(string path, string? baseFingerprint, params (string Label, string Word)[] labels)
    {
        FeatureRecipe recipe = new() { Rows = 8192, Width = Width, WordGrams = 1, CharacterGramsFrom = 3, CharacterGramsTo = 0, Shapes = false, PoolingPower = 0.5f };
        sbyte[] embedding = new sbyte[recipe.Rows * Width];
        for (int i = 0; i < labels.Length; i++)
        {
            Rows rows = new(recipe.Rows);
            FeatureExtractor.Extract(labels[i].Word, recipe, ref rows);
            foreach (int row in rows.Seen)
            {
                embedding[(row * Width) + i] = 100;
            }
        }

        DenseLayer straight = new(Width, labels.Length + 1);
        for (int i = 0; i < labels.Length; i++)
        {
            straight.Weights[(i * Width) + i] = 1;
        }

        DenseLayer output = new(8, labels.Length + 1);
        output.Bias[labels.Length] = 3;
        RouterModel model = new()
        {
            Recipe = recipe,
            Labels = [.. labels.Select(l => l.Label)],
            Embedding = embedding,
            EmbeddingScale = 0.1f,
            Hidden = [new DenseLayer(Width, 8)],
            Output = output,
            Straight = straight,
            Calibration = new RouterCalibration(1, 0.5f, 0.1f),
            BaseFingerprint = baseFingerprint,
        };
        RouterFile.Write(path, model);
        return path;
    }

    private readonly struct Rows(int rows) : IFeatureSink
    {
        public HashSet<int> Seen { get; } = [];

        public void Add(uint hash) => Seen.Add(FeatureExtractor.Row(hash, rows));
    }
}
