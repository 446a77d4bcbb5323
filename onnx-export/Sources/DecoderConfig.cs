namespace DlpLora.OnnxExport.Sources;

/// <summary>The shape of a decoder, checked: every number is in a range that the graph can have.</summary>
internal sealed record DecoderConfig
{
    public required string Architecture { get; init; }

    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width inside the feed-forward block.</summary>
    public required int IntermediateSize { get; init; }

    public required int Layers { get; init; }

    public required int AttentionHeads { get; init; }

    public required int KeyValueHeads { get; init; }

    public required int HeadSize { get; init; }

    public required int ContextLength { get; init; }

    public required float NormEpsilon { get; init; }

    public required RopeConfig Rope { get; init; }

    /// <summary>Whether the LM head is the embedding.</summary>
    public required bool TiedEmbedding { get; init; }

    /// <summary>Whether q, k and v have biases.</summary>
    public bool QkvBias { get; init; }

    /// <summary>Whether the attention's output projection has a bias.</summary>
    public bool OutputBias { get; init; }

    /// <summary>Whether gate, up and down have biases.</summary>
    public bool MlpBias { get; init; }

    public int? BosTokenId { get; init; }

    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    public int QuerySize => AttentionHeads * HeadSize;

    public int KeyValueSize => KeyValueHeads * HeadSize;
}
