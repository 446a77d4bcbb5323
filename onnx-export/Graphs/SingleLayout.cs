using DlpLora.OnnxExport.Quantization;
using DlpLora.OnnxExport.Sources;

namespace DlpLora.OnnxExport.Graphs;

/// <summary>Weights as singles, in the source's own layout [outputs, inputs], so that a tied embedding serves both ends.</summary>
internal sealed class SingleLayout : WeightLayout
{
    private string? _embedding;

    public override string Linear(GraphBuilder graph, string name, string x, WeightMatrix weights, float[]? bias)
    {
        string w = graph.Weight($"{name}.weight", weights.ReadAll(), weights.Rows, weights.Columns);
        string y = MatMul(graph, bias is null ? name : $"{name}.product", x, w);
        return bias is null ? y : graph.Node(name, "Add", [y, graph.Weight($"{name}.bias", bias, bias.Length)]);
    }

    public override string Embedding(GraphBuilder graph, string name, string ids, SourceTensor embedding)
    {
        _embedding = graph.Weight($"{name}.weight", new WeightMatrix(embedding).ReadAll(), embedding.Rows, embedding.Columns);
        return graph.Node(name, "Gather", [_embedding, ids], NodeAttribute.Of("axis", 0));
    }

    public override string Head(GraphBuilder graph, string name, string x, SourceTensor? head) => MatMul(
        graph, name, x, head is null ? _embedding! : graph.Weight("lm_head.weight", new WeightMatrix(head).ReadAll(), head.Rows, head.Columns));

    private static string MatMul(GraphBuilder graph, string name, string x, string w) =>
        graph.MicrosoftNode(name, "FusedMatMul", [x, w], NodeAttribute.Of("transB", 1));
}
