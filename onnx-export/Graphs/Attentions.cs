using DlpLora.OnnxExport.Onnx;

namespace DlpLora.OnnxExport.Graphs;

/// <summary>Has attention computed by the runtime's own <c>dlplora::Attention</c>, with the inputs and outputs of <c>GroupQueryAttention</c>.</summary>
internal static class Attentions
{
    private const string Operator = "Attention";

    /// <summary>The node that takes the place of an attention; null where the node is another, or does what the runtime's does not.</summary>
    public static NodeProto[]? Replace(NodeProto attention)
    {
        if (attention.OpType != "GroupQueryAttention"
            || attention.Input is not [string qkv, "", "", string pastKeys, string pastValues, string last, string total, string cosines, string sines])
        {
            return null;
        }

        Dictionary<string, AttributeProto> attributes = attention.Attribute.ToDictionary(a => a.Name, StringComparer.Ordinal);
        if (!attributes.Remove("num_heads", out AttributeProto? heads) || !attributes.Remove("kv_num_heads", out AttributeProto? keyValueHeads)
            || !attributes.Remove("scale", out AttributeProto? scale) || !attributes.Remove("do_rotary", out AttributeProto? rotary) || rotary.I != 1
            || (attributes.Remove("rotary_interleaved", out AttributeProto? interleaved) && interleaved.I != 0) || attributes.Count > 0)
        {
            return null;
        }

        NodeProto node = new() { Name = attention.Name, OpType = Operator, Domain = OperatorGraph.Domain };
        node.Input.AddRange([qkv, pastKeys, pastValues, last, total, cosines, sines]);
        node.Output.AddRange(attention.Output);
        node.Attribute.AddRange([NodeAttribute.Of("heads", [heads.I, keyValueHeads.I]), scale]);
        return [node];
    }
}
