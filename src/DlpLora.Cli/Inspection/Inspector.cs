using System.Globalization;
using DlpLora.OnnxExport.Gguf;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Safetensors;

namespace DlpLora.Cli.Inspection;

/// <summary>Finds out what lies at a path and reads it with the reader that the runtime uses.</summary>
internal static class Inspector
{
    /// <summary>What a router's metadata names as its format (<c>docs/router.md</c>).</summary>
    private const string RouterFormat = "dlplora.router";

    /// <summary>Looks at a path.</summary>
    /// <exception cref="InvalidFileException">There is nothing, or nothing that this tool knows, or it is damaged.</exception>
    public static InspectResult Inspect(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Directory.Exists(full))
        {
            return InspectFolder(full);
        }

        if (!File.Exists(full))
        {
            throw new InvalidFileException(full, string.Empty, "not found; expected a file or a folder");
        }

        return Path.GetExtension(full).ToUpperInvariant() switch
        {
            ".GGUF" => InspectGguf(full),
            ".SAFETENSORS" => InspectSafetensors(full),
            _ => throw new InvalidFileException(full, string.Empty, "is of no kind that this tool knows; expected .gguf or .safetensors"),
        };
    }

    private static InspectResult InspectFolder(string folder)
    {
        if (File.Exists(Path.Combine(folder, ModelManifest.FileName)))
        {
            return InspectModel(folder);
        }

        if (File.Exists(Path.Combine(folder, "adapter_config.json")))
        {
            return InspectAdapter(folder);
        }

        if (File.Exists(Path.Combine(folder, "config.json")))
        {
            return InspectHuggingFace(folder);
        }

        throw new InvalidFileException(
            folder, string.Empty, $"expected {ModelManifest.FileName} (a model folder), adapter_config.json (an adapter) or config.json (a Hugging Face folder) in it");
    }

    private static InspectResult InspectModel(string folder)
    {
        ModelManifest manifest = ModelManifest.Load(folder);
        Dictionary<string, string> facts = new(StringComparer.Ordinal)
        {
            ["architecture"] = manifest.Architecture,
            ["precision"] = manifest.Precision,
            ["base fingerprint"] = manifest.BaseFingerprint,
            ["contract"] = Text(manifest.Contract),
            ["layers"] = Text(manifest.Layers),
            ["hidden size"] = Text(manifest.HiddenSize),
            ["attention heads"] = Text(manifest.AttentionHeads),
            ["key and value heads"] = Text(manifest.KeyValueHeads),
            ["head size"] = Text(manifest.HeadSize),
            ["context"] = Text(manifest.ContextLength),
            ["vocabulary"] = Text(manifest.VocabularySize),
            ["end tokens"] = string.Join(", ", manifest.EosTokenIds),
            ["slots"] = Text(manifest.Slots.Count),
            ["slot modules"] = string.Join(", ", manifest.Slots.SelectMany(s => s.Modules).Select(m => m.Name[(m.Name.LastIndexOf('.') + 1)..]).Distinct(StringComparer.Ordinal)),
            ["KV bytes a token"] = Text(2L * manifest.Layers * manifest.KeyValueHeads * manifest.HeadSize * sizeof(float)),
            ["bytes"] = Text(Directory.EnumerateFiles(folder).Sum(f => new FileInfo(f).Length)),
        };
        return new InspectResult("model folder", folder, facts, null);
    }

    private static InspectResult InspectAdapter(string folder)
    {
        PeftDescription adapter = PeftDescription.Read(folder);
        using SafetensorsFile file = SafetensorsFile.Open(adapter.WeightsPath);
        Dictionary<string, string> facts = new(StringComparer.Ordinal)
        {
            ["rank"] = Text(adapter.Rank),
            ["alpha"] = adapter.Alpha.ToString(CultureInfo.InvariantCulture),
            ["scale"] = adapter.RankStabilized ? "alpha / sqrt(rank)" : "alpha / rank",
            ["modules"] = string.Join(", ", file.Tensors.Keys.Select(ModuleOf).Distinct(StringComparer.Ordinal)),
            ["parameters"] = Text(file.Tensors.Values.Sum(t => t.ElementCount)),
        };
        return new InspectResult("adapter", folder, facts, TensorRow.From(file));

        static string ModuleOf(string tensor)
        {
            string[] parts = tensor.Split('.');
            return parts.Length >= 3 ? parts[^3] : tensor;
        }
    }

    private static InspectResult InspectHuggingFace(string folder)
    {
        List<TensorRow> tensors = [];
        foreach (string path in Directory.EnumerateFiles(folder, "*.safetensors").Order(StringComparer.Ordinal))
        {
            using SafetensorsFile file = SafetensorsFile.Open(path, SafetensorsFile.ModelHeaderLimit);
            tensors.AddRange(TensorRow.From(file));
        }

        Dictionary<string, string> facts = new(StringComparer.Ordinal)
        {
            ["tensors"] = Text(tensors.Count),
            ["bytes"] = Text(tensors.Sum(t => t.Bytes)),
        };
        return new InspectResult("Hugging Face folder", folder, facts, tensors);
    }

    private static InspectResult InspectGguf(string path)
    {
        using GgufFile file = GgufFile.Open(path);
        Dictionary<string, string> facts = new(StringComparer.Ordinal) { ["version"] = Text(file.Version) };
        foreach ((string key, object value) in file.Metadata)
        {
            facts[key] = value is Array array ? $"[{array.Length} values]" : Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
        }

        return new InspectResult(
            "GGUF", path, facts, [.. file.Tensors.Values.OrderBy(t => t.Offset).Select(t => new TensorRow(t.Name, t.Type, t.Shape, t.ByteLength))]);
    }

    private static InspectResult InspectSafetensors(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path, SafetensorsFile.ModelHeaderLimit);
        if (file.Metadata.GetValueOrDefault("format") == RouterFormat)
        {
            Router router = Router.Load(path);
            return new InspectResult(
                "router",
                path,
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["version"] = router.Version,
                    ["parameters"] = Text(router.ParameterCount),
                    ["labels"] = string.Join(", ", router.Labels),
                    ["abstention threshold"] = router.AbstentionThreshold.ToString(CultureInfo.InvariantCulture),
                    ["base fingerprint"] = router.BaseFingerprint ?? "any",
                },
                TensorRow.From(file));
        }

        Dictionary<string, string> facts = new(file.Metadata, StringComparer.Ordinal)
        {
            ["tensors"] = Text(file.Tensors.Count),
            ["elements"] = Text(file.Tensors.Values.Sum(t => t.ElementCount)),
        };
        return new InspectResult("safetensors", path, facts, TensorRow.From(file));
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
