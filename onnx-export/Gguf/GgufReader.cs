using System.Buffers.Binary;
using System.Text;
using DlpLora.OnnxExport.Formats;
using DlpLora.Runtime;

namespace DlpLora.OnnxExport.Gguf;

/// <summary>Reads a GGUF header. Every count and length is held against the bytes that are left before anything is allocated.</summary>
internal sealed class GgufReader(MappedFile file)
{
    private const int MaximumEntries = 65_536;
    private const int MaximumDimensions = 4;
    private const int MaximumNameBytes = 1024;
    private const uint DefaultAlignment = 32;
    private const uint MaximumAlignment = 1 << 16;

    private long _position;

    public uint Version { get; private set; }

    public Dictionary<string, object> Metadata { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, GgufTensor> Tensors { get; } = new(StringComparer.Ordinal);

    public void Read()
    {
        if (!Take(4).SequenceEqual("GGUF"u8))
        {
            throw Problem(0, "is not a GGUF file: expected it to begin with 'GGUF'");
        }

        Version = UInt32();
        if (Version is not (2 or 3))
        {
            throw Problem(4, $"is version {Version}; expected 2 or 3, little-endian");
        }

        ulong tensors = Count("tensors", minimumBytes: 24);
        ulong entries = Count("metadata entries", minimumBytes: 13);
        for (ulong i = 0; i < entries; i++)
        {
            long start = _position;
            string key = Text(MaximumNameBytes);
            if (!Metadata.TryAdd(key, Value(UInt32())))
            {
                throw Problem(start, $"has the metadata key '{key}' a second time");
            }
        }

        uint alignment = Alignment();
        ReadTensors(tensors, alignment);
    }

    private uint Alignment()
    {
        if (!Metadata.TryGetValue("general.alignment", out object? value))
        {
            return DefaultAlignment;
        }

        return value is uint alignment && alignment is >= 8 and <= MaximumAlignment && (alignment & (alignment - 1)) == 0
            ? alignment
            : throw new InvalidFileException(file.Path, "general.alignment", $"is {value}; expected a power of two from 8 to {MaximumAlignment}, as uint32");
    }

    private void ReadTensors(ulong count, uint alignment)
    {
        List<(string Name, long[] Shape, uint Type, ulong Offset, long Place)> headers = new((int)count);
        for (ulong i = 0; i < count; i++)
        {
            long place = _position;
            string name = Text(MaximumNameBytes);
            uint dimensions = UInt32();
            if (dimensions is 0 or > MaximumDimensions)
            {
                throw new InvalidFileException(file.Path, name, $"has {dimensions} dimensions; expected 1 to {MaximumDimensions}");
            }

            long[] shape = new long[dimensions];
            for (int d = shape.Length - 1; d >= 0; d--)
            {
                ulong size = UInt64();
                shape[d] = size is > 0 and <= long.MaxValue
                    ? (long)size
                    : throw new InvalidFileException(file.Path, name, $"has the dimension {size}; expected 1 or more");
            }

            headers.Add((name, shape, UInt32(), UInt64(), place));
        }

        long dataStart = checked(_position + (alignment - 1)) / alignment * alignment;
        foreach ((string name, long[] shape, uint type, ulong offset, long place) in headers)
        {
            if (!Tensors.TryAdd(name, Tensor(name, shape, type, offset, dataStart, alignment)))
            {
                throw Problem(place, $"has the tensor '{name}' a second time");
            }
        }

        CheckOverlaps();
    }

    private GgufTensor Tensor(string name, long[] shape, uint type, ulong offset, long dataStart, uint alignment)
    {
        long available = file.Length - dataStart;
        if (offset % alignment != 0 || available < 0 || offset > (ulong)available)
        {
            throw new InvalidFileException(
                file.Path, name, $"starts at data byte {offset}; expected a multiple of {alignment} inside the {Math.Max(0, available)} bytes of data");
        }

        long byteLength = -1;
        if (GgmlTypes.Find(type) is { } format)
        {
            if (shape[^1] % format.BlockElements != 0)
            {
                throw new InvalidFileException(file.Path, name, $"has rows of {shape[^1]}; expected a multiple of {format.BlockElements} for {format}");
            }

            // UInt128 holds any product of two; the bound after each step keeps it so.
            UInt128 bytes = (UInt128)(ulong)(shape[^1] / format.BlockElements) * (uint)format.BlockBytes;
            for (int d = 0; d < shape.Length - 1 && bytes <= (ulong)available; d++)
            {
                bytes *= (ulong)shape[d];
            }

            if (bytes > (ulong)available - offset)
            {
                throw new InvalidFileException(
                    file.Path, name, $"{format} [{string.Join(", ", shape)}] at data byte {offset} does not end inside the {available} bytes of data");
            }

            byteLength = (long)bytes;
        }

        return new GgufTensor(name, shape, type, dataStart + (long)offset, byteLength);
    }

    private void CheckOverlaps()
    {
        long end = 0;
        string before = string.Empty;
        foreach (GgufTensor tensor in Tensors.Values.OrderBy(t => t.Offset))
        {
            if (tensor.Offset < end)
            {
                throw new InvalidFileException(file.Path, tensor.Name, $"starts at byte {tensor.Offset}, inside '{before}' that ends at byte {end}");
            }

            end = tensor.Offset + Math.Max(0, tensor.ByteLength);
            before = tensor.Name;
        }
    }

    private object Value(uint type) => type switch
    {
        0 => Take(1)[0],
        1 => (sbyte)Take(1)[0],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(Take(2)),
        3 => BinaryPrimitives.ReadInt16LittleEndian(Take(2)),
        4 => UInt32(),
        5 => BinaryPrimitives.ReadInt32LittleEndian(Take(4)),
        6 => BinaryPrimitives.ReadSingleLittleEndian(Take(4)),
        7 => Bool(),
        8 => Text(int.MaxValue),
        9 => ArrayValue(),
        10 => UInt64(),
        11 => BinaryPrimitives.ReadInt64LittleEndian(Take(8)),
        12 => BinaryPrimitives.ReadDoubleLittleEndian(Take(8)),
        _ => throw Problem(_position - 4, $"has a value of type {type}; expected 0 to 12"),
    };

    private Array ArrayValue()
    {
        long place = _position;
        uint type = UInt32();
        ulong count = UInt64();
        int size = type switch
        {
            0 or 1 or 7 => 1,
            2 or 3 => 2,
            4 or 5 or 6 => 4,
            8 or 10 or 11 or 12 => 8, // a string has at least its length
            _ => throw Problem(place, $"has an array of type {type}; expected numbers, bools or strings"),
        };
        if (count > (ulong)((file.Length - _position) / size))
        {
            throw Problem(place, $"declares an array of {count} elements; the file has {file.Length - _position} bytes left");
        }

        int n = (int)Math.Min(count, int.MaxValue);
        switch (type)
        {
            case 4:
                {
                    uint[] values = new uint[n];
                    for (int i = 0; i < n; i++)
                    {
                        values[i] = UInt32();
                    }

                    return values;
                }

            case 5:
                {
                    int[] values = new int[n];
                    for (int i = 0; i < n; i++)
                    {
                        values[i] = (int)UInt32();
                    }

                    return values;
                }

            case 6:
                {
                    float[] values = new float[n];
                    for (int i = 0; i < n; i++)
                    {
                        values[i] = BinaryPrimitives.ReadSingleLittleEndian(Take(4));
                    }

                    return values;
                }

            case 8:
                {
                    string[] values = new string[n];
                    for (int i = 0; i < n; i++)
                    {
                        values[i] = Text(int.MaxValue);
                    }

                    return values;
                }

            default:
                {
                    // Rare kinds: at most as many boxes as the file has bytes, and only the kinds above are ever long.
                    if (n > MaximumEntries)
                    {
                        throw Problem(place, $"declares an array of {count} elements of type {type}; expected at most {MaximumEntries}");
                    }

                    object[] values = new object[n];
                    for (int i = 0; i < n; i++)
                    {
                        values[i] = Value(type);
                    }

                    return values;
                }
        }
    }

    private bool Bool()
    {
        byte value = Take(1)[0];
        return value <= 1 ? value == 1 : throw Problem(_position - 1, $"has a bool of value {value}; expected 0 or 1");
    }

    private string Text(int limit)
    {
        long place = _position;
        ulong length = UInt64();
        return length <= (ulong)Math.Min(limit, file.Length - _position)
            ? Encoding.UTF8.GetString(Take((int)length))
            : throw Problem(place, $"declares a text of {length} bytes; expected at most {Math.Min(limit, file.Length - _position)}");
    }

    private ulong Count(string what, int minimumBytes)
    {
        long place = _position;
        ulong count = UInt64();
        return count <= MaximumEntries && count <= (ulong)((file.Length - _position) / minimumBytes)
            ? count
            : throw Problem(place, $"declares {count} {what}; expected at most {MaximumEntries}, and as many as the file's {file.Length} bytes hold");
    }

    private uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    private ReadOnlySpan<byte> Take(int length)
    {
        ReadOnlySpan<byte> bytes = file.Slice(_position, length);
        _position += length;
        return bytes;
    }

    private InvalidFileException Problem(long position, string problem) => new(file.Path, $"byte {position}", problem);
}
