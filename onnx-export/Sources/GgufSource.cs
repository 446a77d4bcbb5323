using DlpLora.OnnxExport.Families;
using DlpLora.OnnxExport.Formats;
using DlpLora.OnnxExport.Gguf;
using DlpLora.Runtime;

namespace DlpLora.OnnxExport.Sources;

/// <summary>A GGUF file, seen in the Hugging Face layout.</summary>
internal sealed class GgufSource : ModelSource
{
    private readonly GgufFile _file;
    private readonly Dictionary<string, GgufTensor> _tensors;

    private GgufSource(GgufFile file, Family family, DecoderConfig config)
        : base(file.Path, family, config)
    {
        _file = file;
        _tensors = file.Tensors.Values.ToDictionary(t => GgufNames.ToHuggingFace(t.Name), StringComparer.Ordinal);
    }

    public override IReadOnlyCollection<string> Names => _tensors.Keys;

    public override IReadOnlyList<string> WeightFiles => [Path];

    public override string Folder => System.IO.Path.GetDirectoryName(Path)!;

    public override string? EmbeddedChatTemplate => _file.Metadata.GetValueOrDefault("tokenizer.chat_template") as string;

    public static GgufSource Open(string path, GgufFile file)
    {
        (Family family, DecoderConfig config) = GgufConfig.Read(file);
        return new GgufSource(file, family, config);
    }

    public static new GgufSource Open(string path)
    {
        GgufFile file = GgufFile.Open(path);
        try
        {
            return Open(path, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public override bool Has(string name) => _tensors.ContainsKey(name);

    public override SourceTensor Get(string name)
    {
        if (!_tensors.TryGetValue(name, out GgufTensor? tensor))
        {
            throw new InvalidFileException(Path, name, "no such tensor in the file");
        }

        if (tensor.Format is not { } format)
        {
            throw new InvalidFileException(Path, tensor.Name, $"has type {tensor.Type}; expected one of {GgmlTypes.ReadableNames}");
        }

        return new SourceTensor(name, tensor.Shape, format, (offset, length) => _file.Slice(tensor.Offset + offset, length), RowOrder(name));
    }

    public override void Dispose() => _file.Dispose();

    // llama.cpp's converter reorders the rows of q and k for its interleaved rotary embedding: within a head, stored row 2 i + j is
    // Hugging Face's row j * half + i. Whole rows move, so quantized blocks stay as they are.
    private Func<int, int>? RowOrder(string name)
    {
        if (!Family.GgufRowsAreInterleaved
            || !(name.Contains(".q_proj.", StringComparison.Ordinal) || name.Contains(".k_proj.", StringComparison.Ordinal)))
        {
            return null;
        }

        int headSize = Config.HeadSize;
        int half = headSize / 2;
        return row =>
        {
            int inHead = row % headSize;
            return row - inHead + (inHead % half * 2) + (inHead / half);
        };
    }
}
