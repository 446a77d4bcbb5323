using DlpLora.OnnxExport.Onnx;
using DlpLora.OnnxExport.Quantization;
using DlpLora.OnnxExport.Sources;

namespace DlpLora.OnnxExport.Graphs;

/// <summary>The parts that decoders are put together from. A family calls them in its order.</summary>
/// <remarks>Shapes: ids [batch, sequence]; activations [batch, sequence, width]; the KV cache of a layer [batch, kv heads, capacity, head size].</remarks>
internal sealed class DecoderGraph
{
    private readonly GraphBuilder _graph;
    private readonly ModelSource _source;
    private readonly WeightLayout _layout;
    private readonly SlotPlan _slots;
    private readonly GraphForm _form;
    private readonly Action<double> _progress;
    private string? _cosines;
    private string? _sines;

    public DecoderGraph(GraphBuilder graph, ModelSource source, WeightLayout layout, SlotPlan slots, GraphForm form, Action<double> progress)
    {
        _graph = graph;
        _source = source;
        _layout = layout;
        _slots = slots;
        _form = form;
        _progress = progress;
        DeclareInputs();
    }

    public DecoderConfig Config => _source.Config;

    /// <summary>The embedding's rows of the ids.</summary>
    public string Embedding(string name) => _layout.Embedding(_graph, name, "input_ids", Tensor(name + ".weight"));

    /// <summary>x / rms(x) * weight.</summary>
    public string Norm(string name, string x) => _graph.Node(
        name, "SimplifiedLayerNormalization", [x, NormWeight(name)], NodeAttribute.Of("axis", -1), NodeAttribute.Of("epsilon", Config.NormEpsilon), NodeAttribute.Of("stash_type", 1));

    /// <summary>The residual stream plus a block's output, and the norm of the sum.</summary>
    /// <returns>The norm, and the sum: the residual stream from here on.</returns>
    public (string Normed, string Residual) AddAndNorm(string name, string residual, string x)
    {
        string sum = name + ".residual";
        string normed = _graph.Node(
            name, GraphBuilder.Microsoft, "SkipSimplifiedLayerNormalization", [residual, x, NormWeight(name)], [name, string.Empty, string.Empty, sum], NodeAttribute.Of("epsilon", Config.NormEpsilon));
        return (normed, sum);
    }

    /// <summary>Grouped-query attention with rotary embedding over the layer's KV cache, and its output projection.</summary>
    public string Attention(int layer, string x)
    {
        string at = $"model.layers.{layer}.self_attn";
        (string Name, int Outputs)[] modules =
        [
            ("self_attn.q_proj", Config.QuerySize), ("self_attn.k_proj", Config.KeyValueSize), ("self_attn.v_proj", Config.KeyValueSize),
        ];
        string[] qkv = _form.PackQkv
            ? [Packed(layer, "qkv", x, Config.HiddenSize, Config.QkvBias, modules), string.Empty, string.Empty]
            : [.. modules.Select(m => Packed(layer, m.Name[^6..^5], x, Config.HiddenSize, Config.QkvBias, m))];
        (string cosines, string sines) = RotaryTable();
        string attention = _graph.Node(
            at,
            GraphBuilder.Microsoft,
            "GroupQueryAttention",
            [.. qkv, $"past_key_values.{layer}.key", $"past_key_values.{layer}.value", "seqlens_k", "total_sequence_length", cosines, sines],
            [at, $"present.{layer}.key", $"present.{layer}.value"],
            NodeAttribute.Of("num_heads", Config.AttentionHeads),
            NodeAttribute.Of("kv_num_heads", Config.KeyValueHeads),
            NodeAttribute.Of("scale", 1f / MathF.Sqrt(Config.HeadSize)),
            NodeAttribute.Of("do_rotary", 1),
            NodeAttribute.Of("rotary_interleaved", 0));
        string output = Packed(layer, "o", attention, Config.QuerySize, Config.OutputBias, ("self_attn.o_proj", Config.HiddenSize));
        _progress((layer + 0.4) / Config.Layers);
        return output;
    }

    /// <summary>down(silu(gate(x)) * up(x)).</summary>
    public string GatedMlp(int layer, string x)
    {
        string at = $"model.layers.{layer}.mlp";
        (string Name, int Outputs)[] modules = [("mlp.gate_proj", Config.IntermediateSize), ("mlp.up_proj", Config.IntermediateSize)];
        string gate;
        string up;
        if (_form.PackGateUp)
        {
            string packed = Packed(layer, "gate_up", x, Config.HiddenSize, Config.MlpBias, modules);
            gate = $"{at}.gate";
            up = $"{at}.up";
            _graph.Node($"{at}.split", string.Empty, "Split", [packed], [gate, up], NodeAttribute.Of("axis", -1), NodeAttribute.Of("num_outputs", 2));
        }
        else
        {
            gate = Packed(layer, "gate", x, Config.HiddenSize, Config.MlpBias, modules[0]);
            up = Packed(layer, "up", x, Config.HiddenSize, Config.MlpBias, modules[1]);
        }

        // QuickGelu is x * sigmoid(alpha x): with alpha 1 it is SiLU in one node.
        string activated = _graph.MicrosoftNode($"{at}.silu", "QuickGelu", [gate], NodeAttribute.Of("alpha", 1f));
        string product = _graph.Node($"{at}.product", "Mul", [activated, up]);
        string output = Packed(layer, "down", product, Config.IntermediateSize, Config.MlpBias, ("mlp.down_proj", Config.HiddenSize));
        _progress((layer + 1.0) / Config.Layers);
        return output;
    }

    /// <summary>The logits of the wanted positions: gathered before the LM head, so that a prefill computes no others.</summary>
    public void Head(string name, string x)
    {
        string rows = _graph.Node($"{name}.positions", "Reshape", [x, _graph.Constant($"{name}.rows", -1, Config.HiddenSize)]);
        string wanted = _graph.Node($"{name}.wanted", "Gather", [rows, "logits_rows"], NodeAttribute.Of("axis", 0));
        _layout.Head(_graph, "logits", wanted, Config.TiedEmbedding ? null : Tensor(name + ".weight"));
        DeclareOutputs();
    }

    // Modules that share an input as one matrix, and the slot over their joined output.
    private string Packed(int layer, string group, string x, int inputs, bool bias, params (string Name, int Outputs)[] modules)
    {
        string at = $"model.layers.{layer}.";
        WeightMatrix weights = new([.. modules.Select(m => Tensor($"{at}{m.Name}.weight"))]);
        float[]? joinedBias = bias ? [.. modules.SelectMany(m => Tensor($"{at}{m.Name}.bias").ReadAll())] : null;
        string y = _layout.Linear(_graph, $"{at}{group}", x, weights, joinedBias);
        return _slots.Add(layer, group, x, inputs, y, modules);
    }

    private (string Cosines, string Sines) RotaryTable()
    {
        if (_cosines is null || _sines is null)
        {
            int half = Config.HeadSize / 2;
            (float[] cosines, float[] sines) = Config.Rope.Table(Config.ContextLength, Config.HeadSize);
            _cosines = _graph.Weight("rotary.cosines", cosines, Config.ContextLength, half);
            _sines = _graph.Weight("rotary.sines", sines, Config.ContextLength, half);
        }

        return (_cosines, _sines);
    }

    private string NormWeight(string name) => _graph.Weight($"{name}.weight", Tensor($"{name}.weight").ReadAll(), Config.HiddenSize);

    private SourceTensor Tensor(string name) => _source.Get(name);

    // One name, one size: past and present are two names, since without a shared buffer they differ.
    private void DeclareInputs()
    {
        _graph.Input("input_ids", TensorProto.Types.DataType.Int64, "batch", "sequence");
        _graph.Input("seqlens_k", TensorProto.Types.DataType.Int32, "batch");
        _graph.Input("total_sequence_length", TensorProto.Types.DataType.Int32, 1);
        _graph.Input("logits_rows", TensorProto.Types.DataType.Int64, "logits_rows");
        for (int layer = 0; layer < Config.Layers; layer++)
        {
            foreach (string kind in (ReadOnlySpan<string>)["key", "value"])
            {
                _graph.Input(
                    $"past_key_values.{layer}.{kind}", TensorProto.Types.DataType.Float, "batch", Config.KeyValueHeads, "past_capacity", Config.HeadSize);
            }
        }

        _slots.DeclareGate();
    }

    private void DeclareOutputs()
    {
        _graph.Output("logits", TensorProto.Types.DataType.Float, "logits_rows", Config.VocabularySize);
        for (int layer = 0; layer < Config.Layers; layer++)
        {
            foreach (string kind in (ReadOnlySpan<string>)["key", "value"])
            {
                _graph.Output($"present.{layer}.{kind}", TensorProto.Types.DataType.Float, "batch", Config.KeyValueHeads, "present_capacity", Config.HeadSize);
            }
        }
    }
}
