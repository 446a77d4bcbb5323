using DlpLora.OnnxExport.Onnx;

namespace DlpLora.OnnxExport.Graphs;

/// <summary>Has silu(gate) * up computed by the runtime's own <c>dlplora::SwiGlu(x)</c>, where both lie side by side, instead of being split first.</summary>
/// <param name="nodes">The graph's nodes by name.</param>
internal sealed class GatedActivations(IReadOnlyDictionary<string, NodeProto> nodes)
{
    private const string Operator = "SwiGlu";

    private readonly Dictionary<string, NodeProto> _producers =
        nodes.Values.SelectMany(n => n.Output.Where(o => o.Length > 0), (node, output) => (node, output)).ToDictionary(p => p.output, p => p.node, StringComparer.Ordinal);

    /// <summary>Nodes that are no longer needed.</summary>
    public HashSet<string> Gone { get; } = new(StringComparer.Ordinal);

    /// <summary>The node that takes the place of a product of activation and up; null where the node is another, or its activation.</summary>
    public NodeProto[]? Replace(NodeProto product)
    {
        if (product.OpType != "Mul" || Producer(product.Input[0], "QuickGelu") is not { } silu || !silu.Attribute.Contains(NodeAttribute.Of("alpha", 1f))
            || Producer(silu.Input[0], "Split") is not { } split || split.Output.Count != 2 || silu.Input[0] != split.Output[0] || product.Input[1] != split.Output[1])
        {
            return null;
        }

        Gone.UnionWith([split.Name, silu.Name]);
        NodeProto node = new() { Name = product.Name, OpType = Operator, Domain = OperatorGraph.Domain };
        node.Input.Add(split.Input[0]);
        node.Output.AddRange(product.Output);
        return [node];
    }

    private NodeProto? Producer(string name, string operation) => _producers.TryGetValue(name, out NodeProto? node) && node.OpType == operation ? node : null;
}
