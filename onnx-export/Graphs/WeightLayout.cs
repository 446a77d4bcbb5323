using DlpLora.OnnxExport.Quantization;
using DlpLora.OnnxExport.Sources;

namespace DlpLora.OnnxExport.Graphs;

/// <summary>How linear modules and the embedding stand in the graph: the operators and the weights that they read.</summary>
internal abstract class WeightLayout
{
    /// <summary>y = x W^T + bias.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="x">[batch, sequence, columns] or [rows, columns].</param>
    /// <param name="weights">W, [outputs, columns].</param>
    /// <param name="bias">[outputs], or null.</param>
    public abstract string Linear(GraphBuilder graph, string name, string x, WeightMatrix weights, float[]? bias);

    /// <summary>The rows of the embedding that the ids name.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="ids">[batch, sequence].</param>
    /// <param name="embedding">[vocabulary, hidden].</param>
    public abstract string Embedding(GraphBuilder graph, string name, string ids, SourceTensor embedding);

    /// <summary>The logits x W^T with the LM head.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The node's and the output's name.</param>
    /// <param name="x">[rows, hidden].</param>
    /// <param name="head">[vocabulary, hidden], or null where the head is the embedding, which is not stored again.</param>
    public abstract string Head(GraphBuilder graph, string name, string x, SourceTensor? head);
}
