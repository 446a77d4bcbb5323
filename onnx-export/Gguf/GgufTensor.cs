using DlpLora.OnnxExport.Formats;

namespace DlpLora.OnnxExport.Gguf;

/// <summary>One tensor of a GGUF file.</summary>
public sealed class GgufTensor
{
    internal GgufTensor(string name, long[] shape, uint type, long offset, long byteLength)
    {
        Name = name;
        Shape = shape;
        Type = GgmlTypes.NameOf(type);
        Format = GgmlTypes.Find(type);
        Offset = offset;
        ByteLength = byteLength;
    }

    /// <summary>The tensor's name, unique in its file (<c>blk.0.attn_q.weight</c>).</summary>
    public string Name { get; }

    /// <summary>The dimensions, outermost first (the file stores them innermost first).</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The type's name (<c>Q4_1</c>).</summary>
    public string Type { get; }

    /// <summary>The first byte, counted from the start of the file.</summary>
    public long Offset { get; }

    /// <summary>The number of bytes; -1 for a type that this library does not read.</summary>
    public long ByteLength { get; }

    /// <summary>How the bytes are read; null for a type that this library does not read.</summary>
    internal BlockFormat? Format { get; }
}
