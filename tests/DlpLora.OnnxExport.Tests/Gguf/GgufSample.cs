using System.Text;

namespace DlpLora.OnnxExport.Tests.Gguf;

/// <summary>Writes GGUF files for tests, right ones and wrong ones.</summary>
internal sealed class GgufSample
{
    private readonly List<(string Key, uint Type, Action<BinaryWriter> Value)> _metadata = [];
    private readonly List<(string Name, ulong[] Dimensions, uint Type, byte[] Data, ulong? Offset)> _tensors = [];

    public byte[] Magic { get; init; } = "GGUF"u8.ToArray();

    public uint Version { get; init; } = 3;

    public ulong? TensorCount { get; init; }

    public ulong? MetadataCount { get; init; }

    public GgufSample Text(string key, string value) => Value(key, 8, w => Write(w, value));

    public GgufSample UInt32(string key, uint value) => Value(key, 4, w => w.Write(value));

    public GgufSample Single(string key, float value) => Value(key, 6, w => w.Write(value));

    public GgufSample Value(string key, uint type, Action<BinaryWriter> value)
    {
        _metadata.Add((key, type, value));
        return this;
    }

    /// <summary>Adds a tensor of singles.</summary>
    /// <param name="name">The name.</param>
    /// <param name="values">The elements.</param>
    /// <param name="shape">Outermost first, as elsewhere; the file stores them innermost first.</param>
    public GgufSample Tensor(string name, float[] values, params long[] shape)
    {
        byte[] bytes = new byte[values.Length * 4];
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        return Tensor(name, [.. shape.Reverse().Select(d => (ulong)d)], 0, bytes);
    }

    /// <summary>Adds a tensor from raw header fields.</summary>
    public GgufSample Tensor(string name, ulong[] dimensions, uint type, byte[] data, ulong? offset = null)
    {
        _tensors.Add((name, dimensions, type, data, offset));
        return this;
    }

    public byte[] Bytes()
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(TensorCount ?? (ulong)_tensors.Count);
        writer.Write(MetadataCount ?? (ulong)_metadata.Count);
        foreach ((string key, uint type, Action<BinaryWriter> value) in _metadata)
        {
            Write(writer, key);
            writer.Write(type);
            value(writer);
        }

        ulong position = 0;
        foreach ((string name, ulong[] dimensions, uint type, byte[] data, ulong? offset) in _tensors)
        {
            Write(writer, name);
            writer.Write((uint)dimensions.Length);
            foreach (ulong dimension in dimensions)
            {
                writer.Write(dimension);
            }

            writer.Write(type);
            writer.Write(offset ?? position);
            position += ((ulong)data.Length + 31) / 32 * 32;
        }

        Pad();
        foreach ((_, _, _, byte[] data, _) in _tensors)
        {
            writer.Write(data);
            Pad();
        }

        return stream.ToArray();

        void Pad() => writer.Write(new byte[(32 - (stream.Position % 32)) % 32]);
    }

    private static void Write(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }
}
