using DlpLora.Runtime.Models;

namespace DlpLora.OnnxExport.Graphs;

/// <summary>Adds the slots to the graph and keeps the list that the manifest tells the runtime.</summary>
internal sealed class SlotPlan(GraphBuilder graph, SlotScope scope)
{
    private const string GateInput = "lora.gate";
    private const string Rank = "lora_rank";
    private const string Prefix = "lora.";

    private readonly Dictionary<int, string> _tiledGates = [];

    /// <summary>The slots in the graph's order.</summary>
    public List<LoraSlot> Slots { get; } = [];

    /// <summary>The gate's input name; null where no slot was added.</summary>
    public string? Gate => Slots.Count > 0 ? GateInput : null;

    /// <summary>The nodes that tile the gate.</summary>
    public IEnumerable<string> GateTiles => _tiledGates.Values.Where(t => t != GateInput);

    /// <summary>Declares the gate; to be called where the graph's other inputs are declared.</summary>
    public void DeclareGate()
    {
        if (scope != SlotScope.None)
        {
            _tiledGates[1] = graph.OptionalInput(GateInput, ["gate_batch", "gate_sequence", Rank], [1, 1, 0]);
        }
    }

    /// <summary>
    /// y + ((x A^T) * tile(gate)) B for the modules in scope; y itself where none is. Each module has its own block of R rows in A and B,
    /// and its own columns of B.
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <param name="group">The group's name in the inputs' names.</param>
    /// <param name="x">The modules' shared input, [batch, sequence, inputs].</param>
    /// <param name="inputs">Its width.</param>
    /// <param name="y">The modules' joined output, [batch, sequence, outputs].</param>
    /// <param name="modules">Each module's name in its layer and its width in y, in y's order.</param>
    public string Add(int layer, string group, string x, int inputs, string y, params ReadOnlySpan<(string Name, int Outputs)> modules)
    {
        List<SlotModule> slotted = [];
        int column = 0;
        foreach ((string name, int outputs) in modules)
        {
            if (Covers(name))
            {
                slotted.Add(new SlotModule { Name = $"model.layers.{layer}.{name}", Block = slotted.Count, Column = column, Outputs = outputs });
            }

            column += outputs;
        }

        if (slotted.Count == 0)
        {
            return y;
        }

        int blocks = slotted.Count;
        string at = $"{Prefix}{layer}.{group}";
        Dim rows = blocks == 1 ? Rank : $"{Rank}_x{blocks}";
        string a = graph.OptionalInput($"{at}.A", [rows, inputs], [0, inputs]);
        string b = graph.OptionalInput($"{at}.B", [rows, column], [0, column]);
        LoraSlot slot = new() { Layer = layer, A = a, B = b, Inputs = inputs, Outputs = column, Blocks = blocks, Modules = slotted };
        Slots.Add(slot);

        NodeNames names = NodesOf(slot);
        string h = graph.MicrosoftNode(names.Down, "FusedMatMul", [x, a], NodeAttribute.Of("transB", 1));
        string gated = graph.Node(names.Gated, "Mul", [h, TiledGate(blocks)]);
        string delta = graph.Node(names.Up, "MatMul", [gated, b]);
        return graph.Node(names.Sum, "Add", [y, delta]);
    }

    /// <summary>The names of a slot's nodes.</summary>
    public static NodeNames NodesOf(LoraSlot slot)
    {
        string at = slot.A[..^2];
        return new NodeNames($"{at}.down", $"{at}.gated", $"{at}.up", $"{at}.sum");
    }

    // [.., R] -> [.., blocks * R], once for the whole graph.
    private string TiledGate(int blocks)
    {
        if (!_tiledGates.TryGetValue(blocks, out string? tiled))
        {
            string[] copies = new string[blocks];
            Array.Fill(copies, GateInput);
            _tiledGates[blocks] = tiled = graph.Node($"{GateInput}_x{blocks}", "Concat", copies, NodeAttribute.Of("axis", -1));
        }

        return tiled;
    }

    private bool Covers(string module) => scope switch
    {
        SlotScope.QueryValue => module is "self_attn.q_proj" or "self_attn.v_proj",
        SlotScope.Attention => module.StartsWith("self_attn.", StringComparison.Ordinal),
        SlotScope.AllLinear => true,
        _ => false,
    };

    /// <summary>A slot's nodes.</summary>
    /// <param name="Down">x A^T.</param>
    /// <param name="Gated">That times the gate.</param>
    /// <param name="Up">That times B.</param>
    /// <param name="Sum">That added to y.</param>
    internal readonly record struct NodeNames(string Down, string Gated, string Up, string Sum);
}
