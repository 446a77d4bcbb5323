using DlpLora.OnnxExport.Graphs;

namespace DlpLora.OnnxExport;

/// <summary>What to export.</summary>
public sealed record ExportOptions
{
    /// <summary>How the linear weights are stored.</summary>
    /// <value>Default <see cref="OnnxExport.Precision.Int4"/>.</value>
    public Precision Precision { get; init; } = Precision.Int4;

    /// <summary>Which modules get slots.</summary>
    /// <value>Default <see cref="SlotScope.QueryValue"/>.</value>
    public SlotScope Slots { get; init; } = SlotScope.QueryValue;

    /// <summary>Replaces the precision's own layout: for measurements of other mappings.</summary>
    internal Func<WeightLayout>? Layout { get; init; }

    /// <summary>The form of the graph: for measurements of other forms.</summary>
    internal GraphForm Form { get; init; } = new();
}
