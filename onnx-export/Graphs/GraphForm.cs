namespace DlpLora.OnnxExport.Graphs;

/// <summary>Choices of the graph's form.</summary>
internal sealed record GraphForm
{
    /// <summary>One matrix for q, k and v.</summary>
    public bool PackQkv { get; init; } = true;

    /// <summary>One matrix for gate and up.</summary>
    public bool PackGateUp { get; init; } = true;
}
