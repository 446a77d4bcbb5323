namespace DlpLora.Testing;

/// <summary>Variations of <see cref="TinyLlama"/>.</summary>
public sealed record TinyLlamaOptions
{
    public int Layers { get; init; } = 2;

    public int Intermediate { get; init; } = 128;

    public int ContextLength { get; init; } = 256;

    public bool TiedEmbedding { get; init; } = true;

    public bool AttentionBias { get; init; }

    public bool MlpBias { get; init; }

    /// <summary>Changes a tensor before it is written, renames it, or leaves it out (null).</summary>
    public Func<string, float[], (string Name, float[] Values)?>? Edit { get; init; }
}
