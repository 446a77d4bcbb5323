using DlpLora.OnnxExport.Graphs;
using DlpLora.OnnxExport.Sources;

namespace DlpLora.OnnxExport.Families;

/// <summary>Llama and what shares its shape: pre-norm, grouped-query attention with rotary embedding, SiLU-gated feed-forward.</summary>
internal sealed class LlamaFamily : Family
{
    public override string Name => "llama";

    public override bool GgufRowsAreInterleaved => true;

    public override IEnumerable<(string Name, int[] Shape)> Tensors(DecoderConfig config)
    {
        yield return ("model.embed_tokens.weight", [config.VocabularySize, config.HiddenSize]);
        for (int layer = 0; layer < config.Layers; layer++)
        {
            string at = $"model.layers.{layer}.";
            yield return (at + "input_layernorm.weight", [config.HiddenSize]);
            yield return (at + "post_attention_layernorm.weight", [config.HiddenSize]);
            foreach ((string name, int outputs, int inputs, bool bias) in Linears(config))
            {
                yield return ($"{at}{name}.weight", [outputs, inputs]);
                if (bias)
                {
                    yield return ($"{at}{name}.bias", [outputs]);
                }
            }
        }

        yield return ("model.norm.weight", [config.HiddenSize]);
        if (!config.TiedEmbedding)
        {
            yield return ("lm_head.weight", [config.VocabularySize, config.HiddenSize]);
        }
    }

    // Old checkpoints store the rotary frequencies, GGUF its divisors (read with the configuration); a tied head may be stored again.
    public override bool Ignores(DecoderConfig config, string name) =>
        name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal)
        || name == "rope_freqs.weight"
        || (config.TiedEmbedding && name == "lm_head.weight");

    public override void Build(DecoderGraph graph)
    {
        string residual = graph.Embedding("model.embed_tokens");
        string x = graph.Norm("model.layers.0.input_layernorm", residual);
        int layers = graph.Config.Layers;
        for (int layer = 0; layer < layers; layer++)
        {
            string at = $"model.layers.{layer}.";
            string attention = graph.Attention(layer, x);
            (x, residual) = graph.AddAndNorm(at + "post_attention_layernorm", residual, attention);
            string feedForward = graph.GatedMlp(layer, x);
            (x, residual) = graph.AddAndNorm(layer + 1 < layers ? $"model.layers.{layer + 1}.input_layernorm" : "model.norm", residual, feedForward);
        }

        graph.Head("lm_head", x);
    }

    private static IEnumerable<(string Name, int Outputs, int Inputs, bool Bias)> Linears(DecoderConfig config) =>
    [
        ("self_attn.q_proj", config.QuerySize, config.HiddenSize, config.QkvBias),
        ("self_attn.k_proj", config.KeyValueSize, config.HiddenSize, config.QkvBias),
        ("self_attn.v_proj", config.KeyValueSize, config.HiddenSize, config.QkvBias),
        ("self_attn.o_proj", config.HiddenSize, config.QuerySize, config.OutputBias),
        ("mlp.gate_proj", config.IntermediateSize, config.HiddenSize, config.MlpBias),
        ("mlp.up_proj", config.IntermediateSize, config.HiddenSize, config.MlpBias),
        ("mlp.down_proj", config.HiddenSize, config.IntermediateSize, config.MlpBias),
    ];
}
