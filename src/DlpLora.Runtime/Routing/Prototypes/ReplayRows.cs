namespace DlpLora.Runtime.Routing.Prototypes;

/// <summary>
/// The features of a few texts of every label and of none, kept in the router's file: a label that is added later is weighed against them, so that
/// the labels before it keep their texts. Hashes only, no text.
/// </summary>
internal sealed class ReplayRows
{
    /// <summary>The label of a text that belongs to no adapter.</summary>
    public const int None = -1;

    private readonly ReplayRow[] _rows;

    public ReplayRows(ReplayRow[] rows)
    {
        _rows = rows;
        NumberCount = rows.Sum(r => r.NumberCount);
    }

    public static ReplayRows Empty { get; } = new([]);

    public ReadOnlySpan<ReplayRow> Rows => _rows;

    /// <summary>The numbers that the rows take in the file.</summary>
    public int NumberCount { get; }

    /// <summary>These rows and others after them.</summary>
    public ReplayRows Append(IReadOnlyList<ReplayRow> rows) => new([.. _rows, .. rows]);

    /// <summary>These rows without a label's; the labels behind it move up by one.</summary>
    public ReplayRows Without(int label) =>
        new([.. _rows.Where(r => r.Label != label).Select(r => r.Label > label ? r with { Label = r.Label - 1 } : r)]);
}
