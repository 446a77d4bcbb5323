using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Training;

/// <summary>Collects the table rows of a text's features into a buffer that is used again and again.</summary>
internal sealed class FeatureList
{
    private int[] _rows = new int[1024];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, Count);

    public void Read(ReadOnlySpan<char> text, FeatureRecipe recipe)
    {
        Sink sink = new(this, recipe.Rows);
        Count = 0;
        FeatureExtractor.Extract(text, recipe, ref sink);
    }

    /// <summary>Keeps each feature with a probability; at least one stays.</summary>
    public void Thin(float keep, ref TrainingRandom random)
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (random.Single() < keep)
            {
                _rows[kept++] = _rows[i];
            }
        }

        Count = Math.Max(kept, Math.Min(1, Count));
    }

    /// <summary>Keeps each feature of the table's upper half, where runs of words are, with a probability; at least one stays.</summary>
    public void ThinRuns(float keep, int rows, ref TrainingRandom random)
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (_rows[i] < rows / 2 || random.Single() < keep)
            {
                _rows[kept++] = _rows[i];
            }
        }

        Count = Math.Max(kept, Math.Min(1, Count));
    }

    private void Add(int row)
    {
        if (Count == _rows.Length)
        {
            Array.Resize(ref _rows, 2 * _rows.Length);
        }

        _rows[Count++] = row;
    }

    private readonly struct Sink(FeatureList list, int rows) : IFeatureSink
    {
        public void Add(uint hash) => list.Add(FeatureExtractor.Row(hash, rows));
    }
}
