using DlpLora.OnnxExport.Families;
using DlpLora.OnnxExport.Formats;
using DlpLora.Runtime;
using DlpLora.Runtime.Safetensors;

namespace DlpLora.OnnxExport.Sources;

/// <summary>A Hugging Face folder: <c>config.json</c> and <c>model.safetensors</c>, or shards with their index.</summary>
internal sealed class HuggingFaceSource : ModelSource
{
    private const string Single = "model.safetensors";
    private const string Index = "model.safetensors.index.json";

    private readonly List<SafetensorsFile> _files;
    private readonly Dictionary<string, SafetensorsFile> _tensors;

    private HuggingFaceSource(string folder, Family family, DecoderConfig config, List<SafetensorsFile> files, Dictionary<string, SafetensorsFile> tensors)
        : base(folder, family, config)
    {
        _files = files;
        _tensors = tensors;
    }

    public override IReadOnlyCollection<string> Names => _tensors.Keys;

    public override IReadOnlyList<string> WeightFiles => [.. _files.Select(f => f.Path)];

    public override string Folder => Path;

    public static new HuggingFaceSource Open(string folder)
    {
        (Family family, DecoderConfig config) = HuggingFaceConfig.Read(folder);
        List<SafetensorsFile> files = [];
        try
        {
            Dictionary<string, SafetensorsFile> tensors = File.Exists(System.IO.Path.Combine(folder, Index)) ? OpenShards(folder, files) : OpenSingle(folder, files);
            return new HuggingFaceSource(folder, family, config, files, tensors);
        }
        catch
        {
            files.ForEach(f => f.Dispose());
            throw;
        }
    }

    public override bool Has(string name) => _tensors.ContainsKey(name);

    public override SourceTensor Get(string name)
    {
        if (!_tensors.TryGetValue(name, out SafetensorsFile? file))
        {
            throw new InvalidFileException(Path, name, "no such tensor in the folder");
        }

        SafetensorsTensor tensor = file.Tensors[name];
        BlockFormat format = tensor.DataType switch
        {
            SafetensorsDataType.F32 => SingleFormat.Instance,
            SafetensorsDataType.F16 => HalfFormat.Instance,
            SafetensorsDataType.BF16 => BFloat16Format.Instance,
            _ => throw new InvalidFileException(file.Path, name, $"has type {tensor.DataType}; expected F32, F16 or BF16"),
        };
        if (tensor.Shape.Count == 0)
        {
            throw new InvalidFileException(file.Path, name, "is a scalar; expected a vector or a matrix");
        }

        return new SourceTensor(name, tensor.Shape, format, (offset, length) => file.GetBytes(name).Slice(checked((int)offset), length));
    }

    public override void Dispose() => _files.ForEach(f => f.Dispose());

    private static Dictionary<string, SafetensorsFile> OpenSingle(string folder, List<SafetensorsFile> files)
    {
        SafetensorsFile file = SafetensorsFile.Open(System.IO.Path.Combine(folder, Single), SafetensorsFile.ModelHeaderLimit);
        files.Add(file);
        return file.Tensors.Keys.ToDictionary(name => name, _ => file, StringComparer.Ordinal);
    }

    private static Dictionary<string, SafetensorsFile> OpenShards(string folder, List<SafetensorsFile> files)
    {
        JsonConfig index = JsonConfig.Load(System.IO.Path.Combine(folder, Index));
        Dictionary<string, string> map = (index.Object("weight_map") ?? throw new InvalidFileException(index.Path, "weight_map", "is missing")).Texts();
        Dictionary<string, SafetensorsFile> shards = new(StringComparer.Ordinal);
        Dictionary<string, SafetensorsFile> tensors = new(StringComparer.Ordinal);
        foreach (string shard in map.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            // The index comes from outside: a shard is a file in this folder, never a path.
            if (!Runtime.Storage.SafeName.IsValid(shard) || !shard.EndsWith(".safetensors", StringComparison.Ordinal))
            {
                throw new InvalidFileException(index.Path, "weight_map", $"names the shard '{shard}'; expected a .safetensors file name without a folder");
            }

            SafetensorsFile file = SafetensorsFile.Open(System.IO.Path.Combine(folder, shard), SafetensorsFile.ModelHeaderLimit);
            files.Add(file);
            shards.Add(shard, file);
        }

        foreach ((string name, string shard) in map)
        {
            tensors.Add(name, shards[shard].Tensors.ContainsKey(name)
                ? shards[shard]
                : throw new InvalidFileException(index.Path, name, $"is not in its shard '{shard}'"));
        }

        foreach (SafetensorsFile file in files)
        {
            foreach (string name in file.Tensors.Keys.Where(name => !tensors.ContainsKey(name) || tensors[name] != file))
            {
                throw new InvalidFileException(file.Path, name, "is in the shard, but the index does not place it there");
            }
        }

        return tensors;
    }
}
