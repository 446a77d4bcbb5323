using DlpLora.OnnxExport.Sources;
using DlpLora.Testing;

namespace DlpLora.OnnxExport.Tests.Gguf;

/// <summary>A tiny Llama of <see cref="TinyLlama"/> as llama.cpp's converter would write it: its names, and q and k rows interleaved.</summary>
internal static class TinyGguf
{
    public static GgufSample Of(string huggingFaceFolder)
    {
        using ModelSource source = ModelSource.Open(huggingFaceFolder);
        DecoderConfig config = source.Config;
        GgufSample sample = new GgufSample()
            .Text("general.architecture", "llama")
            .UInt32("llama.block_count", (uint)config.Layers)
            .UInt32("llama.context_length", (uint)config.ContextLength)
            .UInt32("llama.embedding_length", (uint)config.HiddenSize)
            .UInt32("llama.feed_forward_length", (uint)config.IntermediateSize)
            .UInt32("llama.attention.head_count", (uint)config.AttentionHeads)
            .UInt32("llama.attention.head_count_kv", (uint)config.KeyValueHeads)
            .Single("llama.attention.layer_norm_rms_epsilon", config.NormEpsilon)
            .Single("llama.rope.freq_base", 10000)
            .UInt32("tokenizer.ggml.bos_token_id", 1)
            .UInt32("tokenizer.ggml.eos_token_id", 2)
            .Text("tokenizer.chat_template", "{{ messages }}");
        foreach (string name in source.Names)
        {
            SourceTensor tensor = source.Get(name);
            float[] values = tensor.ReadAll();
            bool interleaved = name.Contains("q_proj", StringComparison.Ordinal) || name.Contains("k_proj", StringComparison.Ordinal);
            int width = tensor.Shape.Count == 1 ? 1 : tensor.Columns;
            sample.Tensor(GgufName(name), interleaved ? Interleave(values, width, config.HeadSize) : values, [.. tensor.Shape]);
        }

        return sample;
    }

    // Of a head's rows the first half are real parts, the second imaginary ones; llama.cpp wants each pair side by side.
    private static float[] Interleave(float[] values, int width, int headSize)
    {
        float[] moved = new float[values.Length];
        int half = headSize / 2;
        for (int row = 0; row < values.Length / width; row++)
        {
            int head = row / headSize * headSize;
            int inHead = row % headSize;
            int target = head + (inHead < half ? 2 * inHead : (2 * (inHead - half)) + 1);
            values.AsSpan(row * width, width).CopyTo(moved.AsSpan(target * width));
        }

        return moved;
    }

    private static string GgufName(string name)
    {
        (string HuggingFace, string Gguf)[] parts =
        [
            ("model.embed_tokens", "token_embd"), ("model.norm", "output_norm"), ("lm_head", "output"), ("model.layers", "blk"),
            ("input_layernorm", "attn_norm"), ("post_attention_layernorm", "ffn_norm"), ("self_attn.q_proj", "attn_q"), ("self_attn.k_proj", "attn_k"),
            ("self_attn.v_proj", "attn_v"), ("self_attn.o_proj", "attn_output"), ("mlp.gate_proj", "ffn_gate"), ("mlp.up_proj", "ffn_up"), ("mlp.down_proj", "ffn_down"),
        ];
        return parts.Aggregate(name, (current, part) => current.Replace(part.HuggingFace, part.Gguf, StringComparison.Ordinal));
    }
}
