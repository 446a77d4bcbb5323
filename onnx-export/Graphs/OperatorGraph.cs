using DlpLora.OnnxExport.Onnx;
using DlpLora.Runtime.Models;

namespace DlpLora.OnnxExport.Graphs;

/// <summary>
/// The same graph with each slot as one node, <c>dlplora::LoraDelta(y, x, A, B, gate)</c>, instead of four: the operator is the runtime's own, so the graph
/// runs in no other program (docs/slots.md).
/// </summary>
internal static class OperatorGraph
{
    private const string Domain = "dlplora";
    private const string Operator = "LoraDelta";

    /// <summary>Makes the graph out of the plain one, whose weights it shares.</summary>
    public static ModelProto Of(ModelProto plain, SlotPlan slots)
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

        NodeProto[] kept = [.. model.Graph.Node.Select(n => nodes[n.Name]).Where(n => !gone.Contains(n.Name))];
        model.Graph.Node.Clear();
        model.Graph.Node.AddRange(kept);
        return model;
    }
}
