using System.Text.Json;

namespace DlpLora.Runtime.Adapters;

/// <summary>
/// Reads <c>adapter_config.json</c>. What this runtime computes is read strictly and never defaulted; what it does not compute (DoRA,
/// modules_to_save, trained bias, other kinds of adapters) is refused by name.
/// </summary>
internal sealed class PeftConfigReader
{
    private const int MaximumBytes = 1 << 20;
    private const int MaximumDepth = 16;

    /// <summary>Settings that must not be on, with the reason. On is: true, a text, a number, a list or an object with something in it.</summary>
    private static readonly (string Name, string Reason)[] Refused =
    [
        ("use_dora", "DoRA scales the merged weight column by column, which a sum beside the base cannot do"),
        ("modules_to_save", "the adapter replaces whole modules of the base, which other adapters share"),
        ("lora_bias", "a trained bias of B has no place in the slots"),
        ("fan_in_fan_out", "transposed base weights (Conv1D) are not supported"),
        ("trainable_token_indices", "trained embedding rows have no place in the slots"),
        ("target_parameters", "LoRA on bare parameters (mixture of experts) has no place in the slots"),
        ("layer_replication", "the base's layers would have to be repeated"),
        ("megatron_config", "Megatron's parallel layers are not supported"),
        ("alora_invocation_tokens", "activated LoRA switches itself on in mid-prompt, which the slots do not do"),
        ("alora_invocation_string", "activated LoRA switches itself on in mid-prompt, which the slots do not do"),
        ("use_qalora", "QALoRA pools the input before A, which the slots do not do"),
        ("use_bdlora", "block-diagonal LoRA is not supported"),
        ("arrow_config", "Arrow's own routing between adapters is not supported"),
        ("kasa_config", "KaSA changes the base's weights"),
        ("monteclora_config", "MonteCLoRA samples its weights"),
        ("velora_config", "VeLoRA is not supported"),
        ("lora_ga_config", "LoRA-GA changes the base's weights"),
        ("corda_config", "CorDA changes the base's weights"),
    ];

    /// <summary>Other settings that end in <c>_config</c> or begin with <c>use_</c> and say nothing about the arithmetic.</summary>
    private static readonly HashSet<string> Harmless =
        new(StringComparer.Ordinal) { "use_rslora", "loftq_config", "eva_config", "runtime_config" };

    private readonly string _path;
    private readonly JsonElement _root;

    private PeftConfigReader(string path, JsonElement root)
    {
        _path = path;
        _root = root;
    }

    /// <summary>Reads the configuration of an adapter's folder.</summary>
    /// <exception cref="InvalidFileException">It is missing, damaged, or asks for something that this runtime does not compute.</exception>
    public static PeftConfig Read(string folder)
    {
        string path = Path.Combine(folder, PeftConfig.FileName);
        try
        {
            using JsonDocument document = JsonDocument.Parse(
                ReadBytes(path), new JsonDocumentOptions { MaxDepth = MaximumDepth, AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new PeftConfigReader(path, document.RootElement).Read()
                : throw new InvalidFileException(path, "$", $"is a JSON {document.RootElement.ValueKind}; expected an object");
        }
        catch (JsonException error)
        {
            throw new InvalidFileException(path, "$", $"is not valid JSON of at most {MaximumDepth} levels without duplicate names ({error.Message})", error);
        }
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            if (stream.Length > MaximumBytes)
            {
                throw new InvalidFileException(path, string.Empty, $"has {stream.Length} bytes; expected at most {MaximumBytes}");
            }

            byte[] bytes = new byte[(int)stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidFileException(path, string.Empty, "not found; expected a PEFT adapter's folder", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(path, string.Empty, $"could not be read ({error.Message})", error);
        }
    }

    private PeftConfig Read()
    {
        string type = Text("peft_type") ?? throw Wrong("peft_type", "is missing or null; expected \"LORA\"");
        if (type != "LORA")
        {
            throw Wrong("peft_type", $"is \"{type}\"; this runtime computes \"LORA\" only");
        }

        RefuseUnsupported();
        return new PeftConfig
        {
            Path = _path,
            Rank = Rank("r", Required("r")),
            Alpha = Alpha("lora_alpha", Required("lora_alpha")),
            RankStabilized = Flag("use_rslora"),
            Targets = ReadTargets(),
            RankPattern = Pattern("rank_pattern", Rank),
            AlphaPattern = Pattern("alpha_pattern", Alpha),
        };
    }

    private void RefuseUnsupported()
    {
        // Where the key is missing PEFT trains no bias; a key that says anything else, null as well, is refused.
        if (_root.TryGetProperty("bias", out JsonElement nullable) && nullable.ValueKind == JsonValueKind.Null)
        {
            throw Wrong("bias", "is null; expected \"none\"");
        }

        string bias = Text("bias") ?? "none";
        if (bias != "none")
        {
            throw Wrong("bias", $"is \"{bias}\"; expected \"none\": trained bias of the base's modules has no place in the slots");
        }

        foreach ((string name, string reason) in Refused)
        {
            if (_root.TryGetProperty(name, out JsonElement value) && IsOn(value))
            {
                throw Wrong(name, $"is set; expected it off: {reason}");
            }
        }

        foreach (JsonProperty property in _root.EnumerateObject())
        {
            bool decides = property.Name.StartsWith("use_", StringComparison.Ordinal) || property.Name.EndsWith("_config", StringComparison.Ordinal);
            if (decides && !Harmless.Contains(property.Name) && IsOn(property.Value))
            {
                throw Wrong(property.Name, "is set, and this runtime does not know what it means; expected it off");
            }
        }

        // Every other start (PiSSA, OLoRA, CorDA, LoftQ, ...) trains against changed base weights, so the adapter fits no untouched base.
        if (_root.TryGetProperty("init_lora_weights", out JsonElement start)
            && start.ValueKind is not (JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null)
            && !(start.ValueKind == JsonValueKind.String && start.GetString() is "gaussian" or "eva" or "orthogonal"))
        {
            throw Wrong(
                "init_lora_weights", $"is {start.GetRawText()}; expected true, false, \"gaussian\", \"eva\" or \"orthogonal\": other starts change the base's weights");
        }
    }

    private PeftTargets ReadTargets()
    {
        JsonElement target = Required("target_modules");
        List<string>? names = null;
        PeftPattern? pattern = null;
        if (target.ValueKind == JsonValueKind.String)
        {
            string text = target.GetString()!;
            pattern = text.Equals("all-linear", StringComparison.OrdinalIgnoreCase) ? null : PeftPattern.Whole(text, _path, "target_modules");
        }
        else
        {
            names = Texts("target_modules", target);
            if (names.Count == 0)
            {
                throw Wrong("target_modules", "is empty; expected names or a pattern");
            }
        }

        IReadOnlyList<string>? excludedNames = null;
        PeftPattern? excludedPattern = null;
        if (Optional("exclude_modules") is { } exclude)
        {
            if (exclude.ValueKind == JsonValueKind.String)
            {
                excludedPattern = exclude.GetString()!.Length == 0 ? null : PeftPattern.Whole(exclude.GetString()!, _path, "exclude_modules");
            }
            else
            {
                excludedNames = Texts("exclude_modules", exclude);
            }
        }

        List<int>? layers = null;
        if (Optional("layers_to_transform") is { } transform)
        {
            layers = [];
            if (transform.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement layer in transform.EnumerateArray())
                {
                    layers.Add(Layer(layer));
                }
            }
            else
            {
                layers.Add(Layer(transform));
            }

            if (layers.Count > 0 && pattern is not null)
            {
                throw Wrong("layers_to_transform", "is set together with a pattern as target_modules; expected one of them");
            }
        }

        List<PeftPattern> layerPatterns = [];
        if (Optional("layers_pattern") is { } layersPattern)
        {
            IReadOnlyList<string> texts = layersPattern.ValueKind == JsonValueKind.String
                ? [layersPattern.GetString()!]
                : Texts("layers_pattern", layersPattern);
            foreach (string text in texts)
            {
                if (text.Length > 0)
                {
                    layerPatterns.Add(PeftPattern.Layer(text, _path, "layers_pattern"));
                }
            }
        }

        return new PeftTargets(names, pattern, excludedNames, excludedPattern, layers, layerPatterns, _path);
    }

    private List<(PeftPattern Pattern, T Value)> Pattern<T>(string name, Func<string, JsonElement, T> read)
    {
        List<(PeftPattern, T)> patterns = [];
        if (Optional(name) is not { } map)
        {
            return patterns;
        }

        if (map.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(name, $"is {Kind(map)}; expected an object of patterns");
        }

        foreach (JsonProperty entry in map.EnumerateObject())
        {
            string place = $"{name}.{entry.Name}";
            patterns.Add((PeftPattern.Suffix(entry.Name, _path, place), read(place, entry.Value)));
        }

        return patterns;
    }

    private int Rank(string place, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int rank) && rank is >= 1 and <= PeftConfig.MaximumRank
            ? rank
            : throw Wrong(place, $"is {Kind(value)}; expected a whole number from 1 to {PeftConfig.MaximumRank}");

    private double Alpha(string place, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double alpha) && double.IsFinite(alpha) && alpha is >= PeftConfig.MinimumAlpha and <= 1e6
            ? alpha
            : throw Wrong(place, $"is {Kind(value)}; expected a number above 0 (at least 0.000001) and at most 1,000,000");

    private int Layer(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int layer) && layer >= 0
            ? layer
            : throw Wrong("layers_to_transform", $"holds {Kind(value)}; expected layer numbers from 0");

    private bool Flag(string name) => Optional(name)?.ValueKind switch
    {
        null or JsonValueKind.False => false,
        JsonValueKind.True => true,
        _ => throw Wrong(name, $"is {Kind(_root.GetProperty(name))}; expected true or false"),
    };

    private string? Text(string name) => Optional(name) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : throw Wrong(name, $"is {Kind(value)}; expected a text");

    private List<string> Texts(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw Wrong(name, $"is {Kind(value)}; expected a list of names or a pattern");
        }

        List<string> texts = new(value.GetArrayLength());
        foreach (JsonElement element in value.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.String || element.GetString() is not { Length: > 0 } text)
            {
                throw Wrong(name, $"holds {Kind(element)}; expected names");
            }

            texts.Add(text);
        }

        return texts;
    }

    private JsonElement Required(string name) => Optional(name) ?? throw Wrong(name, "is missing or null; it is never assumed");

    private JsonElement? Optional(string name) =>
        _root.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static bool IsOn(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => false,
        JsonValueKind.String => value.GetString()!.Length > 0,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.GetPropertyCount() > 0,
        _ => true,
    };

    private static string Kind(JsonElement value)
    {
        string raw = value.GetRawText();
        return raw.Length <= 40 ? raw : $"{raw.AsSpan(0, 40)}...";
    }

    private InvalidFileException Wrong(string place, string problem) => new(_path, place, problem);
}
