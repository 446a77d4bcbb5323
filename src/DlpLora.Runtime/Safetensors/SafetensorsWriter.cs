using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using DlpLora.Runtime.Storage;

namespace DlpLora.Runtime.Safetensors;

/// <summary>Collects tensors and writes them as one <c>.safetensors</c> file, whole or not at all.</summary>
public sealed class SafetensorsWriter
{
    /// <summary>The one name that no tensor can have: the header keeps its strings there.</summary>
    public const string MetadataKey = "__metadata__";

    private readonly List<(string Name, SafetensorsDataType Type, long[] Shape, ReadOnlyMemory<byte> Data)> _tensors = [];
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    /// <summary>Adds a string to <c>__metadata__</c>.</summary>
    /// <param name="name">The key; a second value under the same key replaces the first.</param>
    /// <param name="value">The value.</param>
    public void AddMetadata(string name, string value) => _metadata[name] = value;

    /// <summary>Adds a tensor of singles.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="values">The elements in row-major order.</param>
    /// <param name="shape">The dimensions, outermost first.</param>
    /// <exception cref="ArgumentException">The shape does not hold as many elements, or the name is taken.</exception>
    public void Add(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) =>
        Add(name, SafetensorsDataType.F32, MemoryMarshal.AsBytes(values).ToArray(), shape);

    /// <summary>Adds a tensor from its little-endian bytes.</summary>
    /// <param name="name">The tensor's name: any text but <see cref="MetadataKey"/>.</param>
    /// <param name="type">The element type.</param>
    /// <param name="data">The bytes, row-major. They are not copied; leave them alone until the file is written.</param>
    /// <param name="shape">The dimensions, outermost first.</param>
    /// <exception cref="ArgumentException">The shape does not fit the bytes, or the name is taken or reserved.</exception>
    public void Add(string name, SafetensorsDataType type, ReadOnlyMemory<byte> data, params ReadOnlySpan<long> shape)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name == MetadataKey)
        {
            throw new ArgumentException($"'{MetadataKey}' is reserved by the format.", nameof(name));
        }

        long elements = 1;
        foreach (long dimension in shape)
        {
            elements = checked(elements * dimension);
        }

        if (elements * SafetensorsTensor.ElementSize(type) != data.Length)
        {
            throw new ArgumentException($"{name}: {data.Length} bytes do not fill the shape.", nameof(data));
        }

        if (_tensors.Exists(t => t.Name == name))
        {
            throw new ArgumentException($"{name} was added before.", nameof(name));
        }

        _tensors.Add((name, type, shape.ToArray(), data));
    }

    /// <summary>Writes the file beside its place, flushes it and renames it.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <exception cref="InvalidFileException">The disk is full, or the folder cannot be written.</exception>
    public void Write(string path)
    {
        byte[] header = BuildHeader();
        AtomicFile.Write(path, stream =>
        {
            Span<byte> prefix = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
            stream.Write(prefix);
            stream.Write(header);
            foreach ((_, _, _, ReadOnlyMemory<byte> data) in _tensors)
            {
                stream.Write(data.Span);
            }
        });
    }

    private byte[] BuildHeader()
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            if (_metadata.Count > 0)
            {
                json.WriteStartObject(MetadataKey);
                foreach ((string name, string value) in _metadata.OrderBy(p => p.Key, StringComparer.Ordinal))
                {
                    json.WriteString(name, value);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach ((string name, SafetensorsDataType type, long[] shape, ReadOnlyMemory<byte> data) in _tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", type.ToString());
                json.WriteStartArray("shape");
                foreach (long dimension in shape)
                {
                    json.WriteNumberValue(dimension);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset + data.Length);
                json.WriteEndArray();
                json.WriteEndObject();
                offset += data.Length;
            }

            json.WriteEndObject();
        }

        // The data starts at a multiple of 8, so that a mapped file can be read without unaligned access.
        int padded = (buffer.WrittenCount + 7) / 8 * 8;
        byte[] header = new byte[padded];
        buffer.WrittenSpan.CopyTo(header);
        header.AsSpan(buffer.WrittenCount).Fill((byte)' ');
        return header;
    }
}
