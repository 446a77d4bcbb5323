using System.Text.Json;
using DlpLora.OnnxExport;
using DlpLora.Runtime.Safetensors;
using DlpLora.Runtime.Tokenization;

namespace DlpLora.Runtime.Tests.Fixtures;

/// <summary>A Llama of seeded random weights with a byte tokenizer: small enough for any test, whole enough for the exporter.</summary>
internal sealed class TinyModel
{
    public const int Hidden = 64;
    public const int Intermediate = 96;
    public const int Heads = 4;
    public const int KeyValueHeads = 2;
    public const int HeadSize = 16;
    public const int Layers = 3;
    public const int Vocabulary = 264;
    public const int Context = 640;
    public const int EndToken = 257;
    public const float Epsilon = 1e-5f;
    public const double RopeTheta = 10_000;

    private static readonly Lazy<TinyModel> Instance = new(() => new TinyModel());

    private readonly Dictionary<string, float[]> _weights = new(StringComparer.Ordinal);

    private TinyModel()
    {
        Random random = new(20241);
        Add("model.embed_tokens.weight", Vocabulary * Hidden, 0.5);
        for (int layer = 0; layer < Layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            foreach ((string module, int outputs, int inputs) in Linear)
            {
                Add($"{prefix}{module}.weight", outputs * inputs, 1.2 / Math.Sqrt(inputs));
            }

            Ones($"{prefix}input_layernorm.weight");
            Ones($"{prefix}post_attention_layernorm.weight");
        }

        Ones("model.norm.weight");
        string root = Directory.CreateTempSubdirectory("dlplora-tiny-model").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(root, recursive: true);
        SourceFolder = Path.Combine(root, "source");
        Write(SourceFolder);
        Folder = Path.Combine(root, "all-linear");
        ModelExporter.Export(SourceFolder, Folder, new ExportOptions { Precision = Precision.Fp32, Slots = SlotScope.AllLinear });
        QueryValueFolder = Path.Combine(root, "query-value");
        ModelExporter.Export(SourceFolder, QueryValueFolder, new ExportOptions { Precision = Precision.Fp32, Slots = SlotScope.QueryValue });
        NoSlotsFolder = Path.Combine(root, "none");
        ModelExporter.Export(SourceFolder, NoSlotsFolder, new ExportOptions { Precision = Precision.Fp32, Slots = SlotScope.None });

        void Add(string name, int count, double scale)
        {
            float[] values = new float[count];
            for (int i = 0; i < count; i++)
            {
                values[i] = (float)(((random.NextDouble() * 2) - 1) * scale);
            }

            _weights.Add(name, values);
        }

        void Ones(string name) => _weights.Add(name, [.. Enumerable.Repeat(1f, Hidden)]);
    }

    public static TinyModel Shared => Instance.Value;

    /// <summary>The linear modules of a layer: name, outputs, inputs.</summary>
    public static IReadOnlyList<(string Module, int Outputs, int Inputs)> Linear { get; } =
    [
        ("self_attn.q_proj", Heads * HeadSize, Hidden),
        ("self_attn.k_proj", KeyValueHeads * HeadSize, Hidden),
        ("self_attn.v_proj", KeyValueHeads * HeadSize, Hidden),
        ("self_attn.o_proj", Hidden, Heads * HeadSize),
        ("mlp.gate_proj", Intermediate, Hidden),
        ("mlp.up_proj", Intermediate, Hidden),
        ("mlp.down_proj", Hidden, Intermediate),
    ];

    /// <summary>What the folders are exported from.</summary>
    public string SourceFolder { get; }

    /// <summary>fp32, slots at all linear modules.</summary>
    public string Folder { get; }

    /// <summary>fp32, slots at q_proj and v_proj.</summary>
    public string QueryValueFolder { get; }

    /// <summary>fp32, no slots.</summary>
    public string NoSlotsFolder { get; }

    public IReadOnlyDictionary<string, float[]> Weights => _weights;

    /// <summary>A copy of a model folder that a test may damage.</summary>
    public static string Copy(string folder, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(folder))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        return to;
    }

    private void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        SafetensorsWriter writer = new();
        foreach ((string name, float[] values) in _weights)
        {
            long[] shape = values.Length == Hidden ? [Hidden] : [values.Length / Inputs(name), Inputs(name)];
            writer.Add(name, values, shape);
        }

        writer.Write(Path.Combine(folder, "model.safetensors"));
        File.WriteAllText(Path.Combine(folder, "config.json"), $$"""
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": {{Hidden}}, "intermediate_size": {{Intermediate}},
             "num_hidden_layers": {{Layers}}, "num_attention_heads": {{Heads}}, "num_key_value_heads": {{KeyValueHeads}}, "head_dim": {{HeadSize}},
             "vocab_size": {{Vocabulary}}, "max_position_embeddings": {{Context}}, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
             "hidden_act": "silu", "tie_word_embeddings": true, "bos_token_id": 256, "eos_token_id": {{EndToken}}, "torch_dtype": "float32"}
            """);
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), Tokenizer());
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), $$"""
            {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<|im_start|>", "eos_token": "<|im_end|>", "model_max_length": {{Context}}}
            """);
        File.WriteAllText(
            Path.Combine(folder, "chat_template.jinja"),
            "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}");

        static int Inputs(string name) => name.Contains("down_proj", StringComparison.Ordinal) ? Intermediate : Hidden;
    }

    /// <summary>One token a byte, and two control tokens.</summary>
    private static string Tokenizer()
    {
        Dictionary<string, int> vocabulary = [];
        for (int value = 0; value < 256; value++)
        {
            vocabulary.Add(ByteAlphabet.CharacterOf((byte)value).ToString(), value);
        }

        string tokens = string.Join(',', vocabulary.Select(p => $"{JsonSerializer.Serialize(p.Key)}:{p.Value}"));
        return $$$"""
            {"version": "1.0", "truncation": null, "padding": null,
             "added_tokens": [
               {"id": 256, "content": "<|im_start|>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
               {"id": 257, "content": "<|im_end|>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
             "normalizer": null,
             "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
             "post_processor": null,
             "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
             "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null, "end_of_word_suffix": null,
               "fuse_unk": false, "byte_fallback": false, "ignore_merges": false, "vocab": { {{{tokens}}} }, "merges": []}}
            """;
    }
}
