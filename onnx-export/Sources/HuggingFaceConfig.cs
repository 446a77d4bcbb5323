using DlpLora.OnnxExport.Families;
using DlpLora.Runtime;

namespace DlpLora.OnnxExport.Sources;

/// <summary>Reads <c>config.json</c> and <c>generation_config.json</c>.</summary>
internal static class HuggingFaceConfig
{
    public static (Family Family, DecoderConfig Config) Read(string folder)
    {
        JsonConfig json = JsonConfig.Load(Path.Combine(folder, "config.json"));
        string type = json.Text("model_type") ?? throw new InvalidFileException(json.Path, "model_type", "is missing");
        Family family = Family.Find(type)
            ?? throw new InvalidFileException(json.Path, "model_type", $"is '{type}'; expected one of {Family.Names}");
        int hidden = json.Int("hidden_size", 1, ConfigLimits.Width);
        int heads = json.Int("num_attention_heads", 1, ConfigLimits.Heads);
        int headSize = json.Int("head_dim", 1, ConfigLimits.HeadSize, hidden / heads);
        int context = json.Int("max_position_embeddings", 1, ConfigLimits.Context);
        string activation = json.Text("hidden_act") ?? "silu";
        if (activation != "silu")
        {
            throw new InvalidFileException(json.Path, "hidden_act", $"is '{activation}'; expected 'silu'");
        }

        bool attentionBias = json.Flag("attention_bias", false);
        JsonConfig? generation = Generation(folder);
        int[] eos = generation?.Ints("eos_token_id") ?? [];
        return (family, ConfigLimits.Check(json.Path, new DecoderConfig
        {
            Architecture = family.Name,
            VocabularySize = json.Int("vocab_size", 1, ConfigLimits.Vocabulary),
            HiddenSize = hidden,
            IntermediateSize = json.Int("intermediate_size", 1, ConfigLimits.Width),
            Layers = json.Int("num_hidden_layers", 1, ConfigLimits.Layers),
            AttentionHeads = heads,
            KeyValueHeads = json.Int("num_key_value_heads", 1, heads, heads),
            HeadSize = headSize,
            ContextLength = context,
            NormEpsilon = (float)json.Positive("rms_norm_eps", 1, 1e-6),
            Rope = Rope(json, headSize, context),
            TiedEmbedding = json.Flag("tie_word_embeddings", false),
            QkvBias = attentionBias,
            OutputBias = attentionBias,
            MlpBias = json.Flag("mlp_bias", false),
            BosTokenId = json.Ints("bos_token_id") is [int bos, ..] ? bos : null,
            EosTokenIds = eos.Length > 0 ? eos : json.Ints("eos_token_id"),
        }));
    }

    /// <summary><c>generation_config.json</c> of a folder, or null where there is none.</summary>
    public static JsonConfig? Generation(string folder)
    {
        string path = Path.Combine(folder, "generation_config.json");
        return File.Exists(path) ? JsonConfig.Load(path) : null;
    }

    // transformers 5 writes rope_parameters with rope_theta inside; transformers 4 rope_theta and rope_scaling.
    private static RopeConfig Rope(JsonConfig json, int headSize, int context)
    {
        JsonConfig? scaling = json.Object("rope_parameters") ?? json.Object("rope_scaling");
        double theta = scaling?.Positive("rope_theta", 1e12, json.Positive("rope_theta", 1e12, 10_000)) ?? json.Positive("rope_theta", 1e12, 10_000);
        double partial = json.Positive("partial_rotary_factor", 1, scaling?.Positive("partial_rotary_factor", 1, 1) ?? 1);
        if (partial != 1)
        {
            throw new InvalidFileException(json.Path, "partial_rotary_factor", $"is {partial}; expected 1");
        }

        string type = scaling?.Text("rope_type") ?? scaling?.Text("type") ?? "default";
        return new RopeConfig { Theta = theta, Divisors = Divisors() };

        float[]? Divisors()
        {
            switch (type)
            {
                case "default":
                    return null;
                case "linear":
                    return [.. Enumerable.Repeat((float)scaling!.Positive("factor", 1e6), headSize / 2)];
                case "llama3":
                    double low = scaling!.Positive("low_freq_factor", 1e6);
                    double high = scaling.Positive("high_freq_factor", 1e6);
                    return high > low
                        ? RopeConfig.Llama3Divisors(
                            theta, headSize, scaling.Positive("factor", 1e6), low, high, scaling.Int("original_max_position_embeddings", 1, ConfigLimits.Context, context))
                        : throw new InvalidFileException(json.Path, "high_freq_factor", $"is {high}; expected more than low_freq_factor, {low}");
                default:
                    throw new InvalidFileException(json.Path, "rope_type", $"is '{type}'; expected 'default', 'linear' or 'llama3'");
            }
        }
    }
}
