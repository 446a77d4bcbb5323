using DlpLora.OnnxExport.Onnx;
using DlpLora.Runtime.Models;

namespace DlpLora.OnnxExport.Graphs;

/// <summary>
/// The same graph with the runtime's own operators: each slot as one node, <c>dlplora::LoraDelta(y, x, A, B, gate)</c>, instead of four, products of blocks as
/// <see cref="BlockProducts"/>, gated activations as <see cref="GatedActivations"/>, attention as <see cref="Attentions"/>. It runs in no other program
/// (docs/slots.md).
/// </summary>
internal static class OperatorGraph
{
    public const string Domain = "dlplora";

    private const string Operator = "LoraDelta";

    /// <summary>Makes the graph out of the plain one, whose other weights it shares.</summary>
    /// <param name="plain">The plain graph.</param>
    /// <param name="slots">Its slots.</param>
    /// <param name="dataPath">Its weights.</param>
    /// <param name="tiles">Gets the weights in the runtime's layout.</param>
    /// <param name="packed">Whether the slots' A and B are bfloat16 without B's zeros (docs/slots.md).</param>
    /// <returns>The graph; null where nothing in it would be the runtime's.</returns>
    public static ModelProto? Of(ModelProto plain, SlotPlan slots, string dataPath, ExternalData tiles, bool packed)
    {
        ModelProto model = plain.Clone();
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = Domain, Version = 1 });
        Dictionary<string, NodeProto> nodes = model.Graph.Node.ToDictionary(n => n.Name, StringComparer.Ordinal);
        HashSet<string> gone = [.. slots.GateTiles];
        foreach (LoraSlot slot in slots.Slots)
        {
            SlotPlan.NodeNames names = SlotPlan.NodesOf(slot);
            gone.UnionWith([names.Down, names.Gated, names.Up]);
            NodeProto sum = nodes[names.Sum];
            NodeProto node = new() { Name = sum.Name, OpType = Operator, Domain = Domain };
            node.Input.AddRange([sum.Input[0], nodes[names.Down].Input[0], slot.A, slot.B, slots.Gate]);
            node.Output.AddRange(sum.Output);
            node.Attribute.Add(NodeAttribute.Of("columns", [.. slot.Modules.OrderBy(m => m.Block).SelectMany(m => new[] { (long)m.Column, m.Outputs })]));
            nodes[names.Sum] = node;
        }

        if (packed && slots.Slots.Count > 0)
        {
            Pack(model.Graph, slots);
        }

        BlockProducts products = new(model, dataPath, tiles);
        GatedActivations activations = new(nodes);
        NodeProto[] all = [.. model.Graph.Node.SelectMany(n => products.Replace(n) ?? activations.Replace(n) ?? Attentions.Replace(n) ?? [nodes[n.Name]])];
        gone.UnionWith(products.Gone);
        gone.UnionWith(activations.Gone);
        model.Graph.Node.Clear();
        model.Graph.Node.AddRange(all.Where(n => !gone.Contains(n.Name)));
        return model.Graph.Node.Any(n => n.Domain == Domain) ? model : null;
    }

    /// <summary>Declares A and B as bfloat16, B as [R, widths of the modules together].</summary>
    private static void Pack(GraphProto graph, SlotPlan slots)
    {
        Dictionary<string, ValueInfoProto> inputs = graph.Input.ToDictionary(i => i.Name, StringComparer.Ordinal);
        Dictionary<string, TensorProto> defaults = graph.Initializer.ToDictionary(i => i.Name, StringComparer.Ordinal);
        TensorShapeProto.Types.Dimension rank = inputs[slots.Gate!].Type.TensorType.Shape.Dim[2];
        foreach (LoraSlot slot in slots.Slots)
        {
            foreach (string name in (ReadOnlySpan<string>)[slot.A, slot.B])
            {
                inputs[name].Type.TensorType.ElemType = (int)TensorProto.Types.DataType.Bfloat16;
                defaults[name].DataType = (int)TensorProto.Types.DataType.Bfloat16;
            }

            long width = slot.Modules.Sum(m => (long)m.Outputs);
            TensorShapeProto shape = inputs[slot.B].Type.TensorType.Shape;
            shape.Dim[0] = rank.Clone();
            shape.Dim[1].DimValue = width;
            defaults[slot.B].Dims[1] = width;
        }
    }
}
