using System.Globalization;
using DlpLora.Runtime.Safetensors;

namespace DlpLora.Testing;

/// <summary>
/// Writes random Llama models and PEFT adapters, small enough for every test: hidden 64, 2 layers, 4 query and 2 key/value heads of 16,
/// vocabulary 256, no tokenizer. The same seed gives the same files.
/// </summary>
public static class TinyLlama
{
    public const int Hidden = 64;
    public const int QuerySize = 64;
    public const int KeyValueSize = 32;
    public const int Vocabulary = 256;

    /// <summary>Every linear module of a layer with its outputs and inputs, by the name that PEFT's target_modules uses.</summary>
    public static IReadOnlyDictionary<string, (string Path, int Outputs, int Inputs)> Modules(TinyLlamaOptions? options = null)
    {
        int intermediate = (options ?? new TinyLlamaOptions()).Intermediate;
        return new Dictionary<string, (string, int, int)>
        {
            ["q_proj"] = ("self_attn.q_proj", QuerySize, Hidden),
            ["k_proj"] = ("self_attn.k_proj", KeyValueSize, Hidden),
            ["v_proj"] = ("self_attn.v_proj", KeyValueSize, Hidden),
            ["o_proj"] = ("self_attn.o_proj", Hidden, QuerySize),
            ["gate_proj"] = ("mlp.gate_proj", intermediate, Hidden),
            ["up_proj"] = ("mlp.up_proj", intermediate, Hidden),
            ["down_proj"] = ("mlp.down_proj", Hidden, intermediate),
        };
    }

    /// <summary>Writes a Hugging Face folder: config.json, generation_config.json, model.safetensors.</summary>
    /// <param name="folder">The folder to create.</param>
    /// <param name="seed">The seed of the weights.</param>
    /// <param name="options">Variations; null for the defaults.</param>
    public static void Write(string folder, int seed = 1, TinyLlamaOptions? options = null)
    {
        options ??= new TinyLlamaOptions();
        Directory.CreateDirectory(folder);
        string flag(bool value) => value ? "true" : "false";
        File.WriteAllText(Path.Combine(folder, "config.json"), string.Create(CultureInfo.InvariantCulture, $$"""
            {
              "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
              "attention_bias": {{flag(options.AttentionBias)}}, "mlp_bias": {{flag(options.MlpBias)}}, "tie_word_embeddings": {{flag(options.TiedEmbedding)}},
              "bos_token_id": 1, "eos_token_id": 2, "vocab_size": {{Vocabulary}}, "hidden_size": {{Hidden}}, "intermediate_size": {{options.Intermediate}},
              "num_hidden_layers": {{options.Layers}}, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16,
              "max_position_embeddings": {{options.ContextLength}}, "rms_norm_eps": 1e-6, "rope_theta": 10000.0
            }
            """));
        File.WriteAllText(Path.Combine(folder, "generation_config.json"), """{ "bos_token_id": 1, "eos_token_id": 2 }""");

        Random random = new(seed);
        SafetensorsWriter writer = new();
        Add("model.embed_tokens.weight", 1f, 0, Vocabulary, Hidden);
        for (int layer = 0; layer < options.Layers; layer++)
        {
            string at = $"model.layers.{layer}.";
            Add(at + "input_layernorm.weight", 0.1f, 1, Hidden);
            Add(at + "post_attention_layernorm.weight", 0.1f, 1, Hidden);
            foreach ((string path, int outputs, int inputs) in Modules(options).Values)
            {
                Add($"{at}{path}.weight", 2f / MathF.Sqrt(inputs), 0, outputs, inputs);
                if (path.StartsWith("mlp", StringComparison.Ordinal) ? options.MlpBias : options.AttentionBias)
                {
                    Add($"{at}{path}.bias", 0.2f, 0, outputs);
                }
            }
        }

        Add("model.norm.weight", 0.1f, 1, Hidden);
        if (!options.TiedEmbedding)
        {
            Add("lm_head.weight", 0.5f, 0, Vocabulary, Hidden);
        }

        writer.Write(Path.Combine(folder, "model.safetensors"));

        void Add(string name, float scale, float center, params ReadOnlySpan<long> shape)
        {
            if (options.Edit is { } edit)
            {
                (string Name, float[] Values)? kept = edit(name, Values(random, shape, scale, center));
                if (kept is { } tensor)
                {
                    writer.Add(tensor.Name, tensor.Values, shape);
                }

                return;
            }

            writer.Add(name, Values(random, shape, scale, center), shape);
        }
    }

    /// <summary>Writes a PEFT folder: adapter_config.json, adapter_model.safetensors.</summary>
    /// <param name="folder">The folder to create.</param>
    /// <param name="seed">The seed of the weights.</param>
    /// <param name="rank">r.</param>
    /// <param name="alpha">lora_alpha.</param>
    /// <param name="modules">Keys of <see cref="Modules"/>; null for q_proj and v_proj.</param>
    /// <param name="layers">The layers to transform; null for all.</param>
    /// <param name="rsLora">Whether the scale is alpha / sqrt(r).</param>
    /// <param name="options">The model's variations.</param>
    public static void WriteAdapter(
        string folder, int seed = 1, int rank = 4, int alpha = 8, string[]? modules = null, int[]? layers = null, bool rsLora = false, TinyLlamaOptions? options = null)
    {
        options ??= new TinyLlamaOptions();
        modules ??= ["q_proj", "v_proj"];
        Directory.CreateDirectory(folder);
        string targets = string.Join(", ", modules.Select(m => $"\"{m}\""));
        string transform = layers is null ? "null" : $"[{string.Join(", ", layers)}]";
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), string.Create(CultureInfo.InvariantCulture, $$"""
            {
              "peft_type": "LORA", "task_type": "CAUSAL_LM", "base_model_name_or_path": "tiny-llama", "bias": "none", "fan_in_fan_out": false,
              "r": {{rank}}, "lora_alpha": {{alpha}}, "lora_dropout": 0.0, "use_rslora": {{(rsLora ? "true" : "false")}}, "use_dora": false,
              "modules_to_save": null, "rank_pattern": {}, "alpha_pattern": {}, "layers_to_transform": {{transform}}, "target_modules": [{{targets}}]
            }
            """));
        Random random = new(seed);
        SafetensorsWriter writer = new();
        foreach (int layer in layers ?? [.. Enumerable.Range(0, options.Layers)])
        {
            foreach (string module in modules)
            {
                (string path, int outputs, int inputs) = Modules(options)[module];
                string name = $"base_model.model.model.layers.{layer}.{path}";
                writer.Add($"{name}.lora_A.weight", Values(random, [rank, inputs], 1f / MathF.Sqrt(inputs), 0), rank, inputs);
                writer.Add($"{name}.lora_B.weight", Values(random, [outputs, rank], 0.5f, 0), outputs, rank);
            }
        }

        writer.Write(Path.Combine(folder, "adapter_model.safetensors"));
    }

    private static float[] Values(Random random, ReadOnlySpan<long> shape, float scale, float center)
    {
        long count = 1;
        foreach (long dimension in shape)
        {
            count *= dimension;
        }

        float[] values = new float[count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = center + (scale * ((2 * random.NextSingle()) - 1));
        }

        return values;
    }
}
