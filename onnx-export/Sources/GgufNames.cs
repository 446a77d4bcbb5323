namespace DlpLora.OnnxExport.Sources;

/// <summary>The tensor names of llama.cpp in the words of Hugging Face.</summary>
internal static class GgufNames
{
    private static readonly Dictionary<string, string> Parts = new(StringComparer.Ordinal)
    {
        ["attn_norm"] = "input_layernorm",
        ["attn_q"] = "self_attn.q_proj",
        ["attn_k"] = "self_attn.k_proj",
        ["attn_v"] = "self_attn.v_proj",
        ["attn_output"] = "self_attn.o_proj",
        ["ffn_norm"] = "post_attention_layernorm",
        ["ffn_gate"] = "mlp.gate_proj",
        ["ffn_up"] = "mlp.up_proj",
        ["ffn_down"] = "mlp.down_proj",
    };

    /// <summary>The Hugging Face name; a name that is not known stays as it is, and is refused later as a tensor that the graph has no place for.</summary>
    public static string ToHuggingFace(string name)
    {
        switch (name)
        {
            case "token_embd.weight":
                return "model.embed_tokens.weight";
            case "output_norm.weight":
                return "model.norm.weight";
            case "output.weight":
                return "lm_head.weight";
        }

        string[] parts = name.Split('.');
        return parts is ["blk", var layer, var module, var kind] && Parts.TryGetValue(module, out string? known)
            ? $"model.layers.{layer}.{known}.{kind}"
            : name;
    }
}
