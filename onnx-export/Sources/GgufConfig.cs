using DlpLora.OnnxExport.Families;
using DlpLora.OnnxExport.Gguf;
using DlpLora.Runtime;

namespace DlpLora.OnnxExport.Sources;

/// <summary>Reads the decoder's shape from a GGUF file's metadata, and from <c>generation_config.json</c> beside it.</summary>
internal sealed class GgufConfig(GgufFile file)
{
    public static (Family Family, DecoderConfig Config) Read(GgufFile file)
    {
        GgufConfig reader = new(file);
        string name = reader.Text("general.architecture") ?? throw new InvalidFileException(file.Path, "general.architecture", "is missing");
        Family family = Family.Find(name)
            ?? throw new InvalidFileException(file.Path, "general.architecture", $"is '{name}'; expected one of {Family.Names}");
        return (family, ConfigLimits.Check(file.Path, reader.Read(family)));
    }

    private DecoderConfig Read(Family family)
    {
        string p = family.Name + ".";
        int hidden = Int(p + "embedding_length", 1, ConfigLimits.Width);
        int heads = Int(p + "attention.head_count", 1, ConfigLimits.Heads);
        int headSize = Int(p + "attention.key_length", 1, ConfigLimits.HeadSize, hidden / heads);
        if (Int(p + "attention.value_length", 1, ConfigLimits.HeadSize, headSize) != headSize)
        {
            throw new InvalidFileException(file.Path, p + "attention.value_length", $"is not the key length {headSize}; expected equal lengths");
        }

        if (Int(p + "rope.dimension_count", 1, ConfigLimits.HeadSize, headSize) != headSize)
        {
            throw new InvalidFileException(file.Path, p + "rope.dimension_count", $"is not the head size {headSize}; expected rotary over whole heads");
        }

        string folder = Path.GetDirectoryName(file.Path)!;
        int[] eos = HuggingFaceConfig.Generation(folder)?.Ints("eos_token_id") ?? [];
        if (eos.Length == 0)
        {
            eos = [.. new[] { Id("tokenizer.ggml.eos_token_id"), Id("tokenizer.ggml.eot_token_id") }.OfType<int>().Distinct()];
        }

        return new DecoderConfig
        {
            Architecture = family.Name,
            VocabularySize = VocabularySize(p),
            HiddenSize = hidden,
            IntermediateSize = Int(p + "feed_forward_length", 1, ConfigLimits.Width),
            Layers = Int(p + "block_count", 1, ConfigLimits.Layers),
            AttentionHeads = heads,
            KeyValueHeads = Int(p + "attention.head_count_kv", 1, heads, heads),
            HeadSize = headSize,
            ContextLength = Int(p + "context_length", 1, ConfigLimits.Context),
            NormEpsilon = (float)Positive(p + "attention.layer_norm_rms_epsilon", 1),
            Rope = new RopeConfig { Theta = Positive(p + "rope.freq_base", 1e12, 10_000), Divisors = Divisors(p, headSize) },
            TiedEmbedding = !file.Tensors.ContainsKey("output.weight"),
            QkvBias = file.Tensors.ContainsKey("blk.0.attn_q.bias"),
            OutputBias = file.Tensors.ContainsKey("blk.0.attn_output.bias"),
            MlpBias = file.Tensors.ContainsKey("blk.0.ffn_gate.bias"),
            BosTokenId = Id("tokenizer.ggml.bos_token_id"),
            EosTokenIds = eos,
        };
    }

    private int VocabularySize(string prefix)
    {
        if (file.Metadata.ContainsKey(prefix + "vocab_size"))
        {
            return Int(prefix + "vocab_size", 1, ConfigLimits.Vocabulary);
        }

        return file.Tensors.TryGetValue("token_embd.weight", out GgufTensor? embedding) && embedding.Shape is [> 0 and <= ConfigLimits.Vocabulary, _]
            ? (int)embedding.Shape[0]
            : throw new InvalidFileException(file.Path, "token_embd.weight", "is missing or has no usable vocabulary size");
    }

    // llama.cpp's converter writes Llama 3's scaling as a tensor of divisors, and linear scaling as metadata.
    private float[]? Divisors(string prefix, int headSize)
    {
        string type = Text(prefix + "rope.scaling.type") ?? "none";
        if (type is not ("none" or "linear"))
        {
            throw new InvalidFileException(file.Path, prefix + "rope.scaling.type", $"is '{type}'; expected 'none' or 'linear'");
        }

        if (file.Tensors.TryGetValue("rope_freqs.weight", out GgufTensor? tensor))
        {
            if (tensor.Format is not { BlockElements: 1 } format || tensor.Shape.Count != 1 || tensor.Shape[0] != headSize / 2)
            {
                throw new InvalidFileException(
                    file.Path, tensor.Name, $"is {tensor.Type} [{string.Join(", ", tensor.Shape)}]; expected F32 [{headSize / 2}]");
            }

            float[] divisors = new float[headSize / 2];
            format.Decode(file.Slice(tensor.Offset, (int)tensor.ByteLength), divisors);
            return Array.TrueForAll(divisors, d => float.IsFinite(d) && d > 0)
                ? divisors
                : throw new InvalidFileException(file.Path, tensor.Name, "holds a divisor that is not finite and above 0");
        }

        return type == "linear" ? [.. Enumerable.Repeat((float)Positive(prefix + "rope.scaling.factor", 1e6), headSize / 2)] : null;
    }

    private string? Text(string key) => file.Metadata.TryGetValue(key, out object? value)
        ? value as string ?? throw new InvalidFileException(file.Path, key, $"is of type {value.GetType().Name}; expected a text")
        : null;

    private int? Id(string key) => file.Metadata.ContainsKey(key) ? Int(key, 0, ConfigLimits.Vocabulary) : null;

    private int Int(string key, int minimum, int maximum, int? fallback = null)
    {
        if (!file.Metadata.TryGetValue(key, out object? value))
        {
            return fallback ?? throw new InvalidFileException(file.Path, key, "is missing");
        }

        Int128? number = value switch
        {
            byte n => n,
            sbyte n => n,
            ushort n => n,
            short n => n,
            uint n => n,
            int n => n,
            ulong n => n,
            long n => n,
            _ => null,
        };
        return number >= minimum && number <= maximum
            ? (int)number
            : throw new InvalidFileException(
                file.Path, key, $"is {(number is null ? value.GetType().Name : number)}; expected a whole number from {minimum} to {maximum}");
    }

    private double Positive(string key, double maximum, double? fallback = null)
    {
        if (!file.Metadata.TryGetValue(key, out object? value))
        {
            return fallback ?? throw new InvalidFileException(file.Path, key, "is missing");
        }

        double number = value switch
        {
            float n => n,
            double n => n,
            _ => double.NaN,
        };
        return number > 0 && number <= maximum
            ? number
            : throw new InvalidFileException(file.Path, key, $"is {value}; expected a number above 0 and at most {maximum}");
    }
}
