using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;
using DlpLora.Runtime.Routing.Prototypes;
using DlpLora.Runtime.Safetensors;
using DlpLora.Runtime.Storage;

namespace DlpLora.Runtime.Routing;

/// <summary>The router's <c>.safetensors</c> file (<c>docs/router.md</c>).</summary>
internal static class RouterFile
{
    public const string Format = "dlplora.router";
    public const string FormatVersion = "1";
    public const int MaximumLabels = 65_536;

    public static void Write(string path, RouterModel model)
    {
        SafetensorsWriter writer = new();
        writer.AddMetadata("format", Format);
        writer.AddMetadata("format_version", FormatVersion);
        writer.AddMetadata("labels", JsonSerializer.Serialize(model.Labels, RouterJson.Default.StringArray));
        writer.AddMetadata("recipe", JsonSerializer.Serialize(model.Recipe, RouterJson.Default.FeatureRecipe));
        writer.AddMetadata("temperature", Text(model.Calibration.Temperature));
        writer.AddMetadata("abstention_threshold", Text(model.Calibration.AbstentionThreshold));
        writer.AddMetadata("switch_penalty", Text(model.Calibration.SwitchPenalty));
        if (model.BaseFingerprint is { } fingerprint)
        {
            writer.AddMetadata("base_fingerprint", fingerprint);
        }

        writer.Add(
            "embedding", SafetensorsDataType.I8, MemoryMarshal.AsBytes<sbyte>(model.Embedding).ToArray(), model.Recipe.Rows, model.Recipe.Width);
        writer.Add("embedding_scale", [model.EmbeddingScale], 1);
        writer.Add("straight.weight", model.Straight.Weights, model.Straight.Outputs, model.Recipe.Width);
        for (int i = 0; i < model.Hidden.Length; i++)
        {
            writer.Add($"hidden.{i}.weight", model.Hidden[i].Weights, model.Hidden[i].Outputs, model.Hidden[i].Inputs);
            writer.Add($"hidden.{i}.bias", model.Hidden[i].Bias, model.Hidden[i].Outputs);
        }

        writer.Add("output.weight", model.Output.Weights, model.Output.Outputs, model.Output.Inputs);
        writer.Add("output.bias", model.Output.Bias, model.Output.Outputs);
        AddedLabelsFile.Write(writer, model);
        writer.Write(path);
    }

    public static RouterModel Read(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Expect(file, "format", Format);
        Expect(file, "format_version", FormatVersion);
        string[] labels = ReadLabels(file);
        FeatureRecipe recipe = ReadRecipe(file);
        CheckSize(file);
        PrototypeHead added = AddedLabelsFile.Read(file, PrototypeHead.Width(recipe), labels.Length);
        int scores = labels.Length - added.Count + 1;

        List<DenseLayer> hidden = [];
        int width = recipe.Width;
        while (file.Tensors.ContainsKey($"hidden.{hidden.Count}.weight"))
        {
            DenseLayer layer = ReadLayer(file, $"hidden.{hidden.Count}", width, outputs: null);
            if (hidden.Count == RouterModel.MaximumHiddenLayers || layer.Outputs > RouterModel.MaximumHiddenWidth)
            {
                throw new InvalidFileException(
                    file.Path,
                    $"hidden.{hidden.Count}.weight",
                    $"expected at most {RouterModel.MaximumHiddenLayers} hidden layers of at most {RouterModel.MaximumHiddenWidth} units");
            }

            hidden.Add(layer);
            width = layer.Outputs;
        }

        int tensors = 5 + (2 * hidden.Count) + AddedLabelsFile.CountTensors(file);
        if (file.Tensors.Count != tensors)
        {
            throw new InvalidFileException(file.Path, "header", $"has {file.Tensors.Count} tensors; expected {tensors}");
        }

        Shape(file, "embedding", SafetensorsDataType.I8, recipe.Rows, recipe.Width);
        RouterModel model = new()
        {
            Recipe = recipe,
            Labels = labels,
            Embedding = MemoryMarshal.Cast<byte, sbyte>(file.GetBytes("embedding")).ToArray(),
            EmbeddingScale = Finite(file, "embedding_scale", 1)[0],
            Straight = new DenseLayer(
                recipe.Width, scores, Finite(file, "straight.weight", scores, recipe.Width), new float[scores]),
            Hidden = [.. hidden],
            Output = ReadLayer(file, "output", width, scores),
            Calibration = ReadCalibration(file),
            BaseFingerprint = file.Metadata.GetValueOrDefault("base_fingerprint"),
            Added = added,
            Replay = AddedLabelsFile.ReadReplay(file, labels.Length),
            Twins = AddedLabelsFile.ReadTwins(file, labels),
        };
        return model;
    }

    private static string[] ReadLabels(SafetensorsFile file)
    {
        string[] labels = ReadJson(file, "labels", RouterJson.Default.StringArray);
        if (labels.Length is 0 or > MaximumLabels)
        {
            throw new InvalidFileException(file.Path, "labels", $"has {labels.Length} labels; expected 1 to {MaximumLabels}");
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string? label in labels)
        {
            if (!SafeName.IsValid(label))
            {
                throw new InvalidFileException(file.Path, "labels", $"'{label}' is no adapter name; expected [A-Za-z0-9._-]{{1,128}}");
            }

            if (!seen.Add(label!))
            {
                throw new InvalidFileException(file.Path, "labels", $"'{label}' is there twice");
            }
        }

        return labels;
    }

    private static FeatureRecipe ReadRecipe(SafetensorsFile file)
    {
        FeatureRecipe recipe = ReadJson(file, "recipe", RouterJson.Default.FeatureRecipe);
        return recipe.IsSupported
            ? recipe
            : throw new InvalidFileException(
                file.Path, "recipe", $"is not one that this library computes (version {recipe.Version}; expected {FeatureRecipe.CurrentVersion}, with sizes in range)");
    }

    private static RouterCalibration ReadCalibration(SafetensorsFile file)
    {
        RouterCalibration calibration = new(
            Number(file, "temperature"), Number(file, "abstention_threshold"), Number(file, "switch_penalty"));
        return calibration.IsValid
            ? calibration
            : throw new InvalidFileException(
                file.Path, "temperature, abstention_threshold, switch_penalty", $"are out of range ({calibration})");
    }

    private static void CheckSize(SafetensorsFile file)
    {
        long total = 3;
        foreach (SafetensorsTensor tensor in file.Tensors.Values)
        {
            total += tensor.ElementCount;
        }

        if (total > RouterModel.MaximumParameters)
        {
            throw new InvalidFileException(
                file.Path, "header", $"holds {total} numbers; expected at most {RouterModel.MaximumParameters}");
        }
    }

    private static DenseLayer ReadLayer(SafetensorsFile file, string name, int inputs, int? outputs)
    {
        string weight = $"{name}.weight";
        SafetensorsTensor tensor = Find(file, weight);
        int rows = outputs ?? (tensor.Shape.Count == 2 && tensor.Shape[0] is > 0 and <= int.MaxValue ? (int)tensor.Shape[0] : 1);
        return new DenseLayer(inputs, rows, Finite(file, weight, rows, inputs), Finite(file, $"{name}.bias", rows));
    }

    public static SafetensorsTensor Find(SafetensorsFile file, string name) => file.Tensors.TryGetValue(name, out SafetensorsTensor? tensor)
        ? tensor
        : throw new InvalidFileException(file.Path, name, "no such tensor in the file");

    public static float[] Finite(SafetensorsFile file, string name, params ReadOnlySpan<long> shape)
    {
        Shape(file, name, SafetensorsDataType.F32, shape);
        float[] values = file.ReadSingles(name);
        return TensorPrimitives.IsFiniteAll<float>(values)
            ? values
            : throw new InvalidFileException(file.Path, name, "holds a number that is not finite");
    }

    public static void Shape(SafetensorsFile file, string name, SafetensorsDataType type, params ReadOnlySpan<long> shape)
    {
        SafetensorsTensor tensor = Find(file, name);
        bool equal = tensor.DataType == type && tensor.Shape.Count == shape.Length;
        for (int i = 0; equal && i < shape.Length; i++)
        {
            equal = tensor.Shape[i] == shape[i];
        }

        if (!equal)
        {
            throw new InvalidFileException(
                file.Path,
                name,
                $"is {tensor.DataType} [{string.Join(", ", tensor.Shape)}]; expected {type} [{string.Join(", ", shape.ToArray())}] by the labels and the recipe");
        }
    }

    public static T ReadJson<T>(SafetensorsFile file, string key, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Required(file, key), type)
                ?? throw new InvalidFileException(file.Path, key, "is null");
        }
        catch (JsonException error)
        {
            throw new InvalidFileException(file.Path, key, $"is not the JSON expected ({error.Message})", error);
        }
    }

    private static float Number(SafetensorsFile file, string key)
    {
        string text = Required(file, key);
        return float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value)
            ? value
            : throw new InvalidFileException(file.Path, key, $"is '{text}'; expected a finite number");
    }

    private static void Expect(SafetensorsFile file, string key, string expected)
    {
        string found = Required(file, key);
        if (found != expected)
        {
            throw new InvalidFileException(file.Path, key, $"is '{found}'; expected '{expected}'");
        }
    }

    private static string Required(SafetensorsFile file, string key) => file.Metadata.TryGetValue(key, out string? value)
        ? value
        : throw new InvalidFileException(file.Path, "__metadata__", $"has no '{key}'; this is not a router file");

    private static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);
}
