namespace DlpLora.Runtime.Routing.Prototypes;

/// <summary>Adds up a text's embedding rows and, beside them, what its features say for the added labels.</summary>
internal ref struct WordAccumulator : IFeatureSink
{
    private readonly WordTable _words;
    private readonly Span<int> _sums; // [columns of the table]
    private RowAccumulator _rows;

    public WordAccumulator(RowAccumulator rows, WordTable words, Span<int> sums)
    {
        _rows = rows;
        _words = words;
        _sums = sums;
        sums.Clear();
    }

    public readonly int Count => _rows.Count;

    public void Add(uint hash)
    {
        _rows.Add(hash);
        _words.Add(hash, _sums);
    }

    public void Flush() => _rows.Flush();
}
