using DlpLora.OnnxExport.Graphs;
using DlpLora.OnnxExport.Sources;

namespace DlpLora.OnnxExport.Families;

/// <summary>A model family: which tensors it has and how its decoder is put together. One small file a family.</summary>
internal abstract class Family
{
    private static readonly Family[] All = [new LlamaFamily()];

    /// <summary>The name in <c>config.json</c> (model_type) and in GGUF (general.architecture).</summary>
    public abstract string Name { get; }

    /// <summary>The known families, for messages.</summary>
    public static string Names => string.Join(", ", All.Select(f => $"'{f.Name}'"));

    /// <summary>Whether llama.cpp's converter reorders the rows of q and k for an interleaved rotary embedding.</summary>
    public virtual bool GgufRowsAreInterleaved => false;

    /// <summary>The family of a name, or null.</summary>
    public static Family? Find(string name) => Array.Find(All, f => f.Name == name);

    /// <summary>Every tensor that the decoder reads, with its shape.</summary>
    public abstract IEnumerable<(string Name, int[] Shape)> Tensors(DecoderConfig config);

    /// <summary>Whether a tensor may be in a source without being read.</summary>
    public abstract bool Ignores(DecoderConfig config, string name);

    /// <summary>Adds the decoder to the graph, from the ids to the logits.</summary>
    public abstract void Build(DecoderGraph graph);
}
