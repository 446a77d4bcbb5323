using System.Buffers.Binary;
using System.Text.Json;

namespace DlpLora.Runtime.Safetensors;

/// <summary>The checked header of a <c>.safetensors</c> file.</summary>
internal sealed class SafetensorsHeader
{
    public const int MaximumTensors = 65_536;
    private const int MaximumDepth = 16;
    private const int MaximumDimensions = 8;
    private const string MetadataKey = "__metadata__";

    private readonly string _path;

    private SafetensorsHeader(string path) => _path = path;

    public Dictionary<string, SafetensorsTensor> Tensors { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    public static SafetensorsHeader Read(string path, Stream stream, int headerLimit)
    {
        long length = stream.Length;
        Span<byte> prefix = stackalloc byte[8];
        if (length < 8)
        {
            throw new InvalidFileException(path, "byte 0", $"the file has {length} bytes; expected a header length of 8 bytes");
        }

        stream.ReadExactly(prefix);
        ulong declared = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (declared < 2 || declared > (ulong)headerLimit || declared > (ulong)(length - 8))
        {
            throw new InvalidFileException(
                path, "byte 0", $"declares a header of {declared} bytes; expected 2 to {Math.Min(headerLimit, length - 8)}");
        }

        byte[] json = new byte[(int)declared];
        stream.ReadExactly(json);
        SafetensorsHeader header = new(path);
        try
        {
            header.Parse(json, dataStart: 8 + (long)declared, dataLength: length - 8 - (long)declared);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidFileException(path, "header", $"is not the JSON that the format asks for ({error.Message})", error);
        }

        return header;
    }

    private void Parse(byte[] json, long dataStart, long dataLength)
    {
        using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaximumDepth, AllowDuplicateProperties = false });
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidFileException(_path, "header", $"is a JSON {document.RootElement.ValueKind}; expected an object");
        }

        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            if (property.Name == MetadataKey)
            {
                foreach (JsonProperty entry in property.Value.EnumerateObject())
                {
                    Metadata.Add(entry.Name, entry.Value.GetString() ?? throw new InvalidFileException(_path, MetadataKey, $"'{entry.Name}' is null; expected a string"));
                }

                continue;
            }

            if (Tensors.Count == MaximumTensors)
            {
                throw new InvalidFileException(_path, "header", $"has more than {MaximumTensors} tensors");
            }

            Tensors.Add(property.Name, ParseTensor(property.Name, property.Value, dataStart, dataLength));
        }

        CheckContiguous(dataStart, dataLength);
    }

    private SafetensorsTensor ParseTensor(string name, JsonElement element, long dataStart, long dataLength)
    {
        if (element.ValueKind != JsonValueKind.Object
            || !element.TryGetProperty("dtype", out JsonElement type)
            || !element.TryGetProperty("shape", out JsonElement shape)
            || !element.TryGetProperty("data_offsets", out JsonElement offsets)
            || shape.ValueKind != JsonValueKind.Array
            || offsets.ValueKind != JsonValueKind.Array
            || offsets.GetArrayLength() != 2)
        {
            throw new InvalidFileException(_path, name, "expected an object with dtype, shape and two data_offsets");
        }

        string? typeName = type.GetString();
        if (!Enum.TryParse(typeName, out SafetensorsDataType dataType) || dataType.ToString() != typeName)
        {
            throw new InvalidFileException(
                _path, name, $"has type '{typeName}'; expected one of {string.Join(", ", Enum.GetNames<SafetensorsDataType>())}");
        }

        if (shape.GetArrayLength() > MaximumDimensions)
        {
            throw new InvalidFileException(_path, name, $"has {shape.GetArrayLength()} dimensions; expected at most {MaximumDimensions}");
        }

        long[] dimensions = new long[shape.GetArrayLength()];
        UInt128 elements = 1;
        for (int i = 0; i < dimensions.Length; i++)
        {
            dimensions[i] = shape[i].GetInt64();
            if (dimensions[i] < 0)
            {
                throw new InvalidFileException(_path, name, $"has the dimension {dimensions[i]}; expected 0 or more");
            }

            elements *= (ulong)dimensions[i];
            if (elements > long.MaxValue / 8)
            {
                throw new InvalidFileException(_path, name, "has a shape whose size overflows");
            }
        }

        long begin = offsets[0].GetInt64();
        long end = offsets[1].GetInt64();
        if (begin < 0 || end < begin || end > dataLength)
        {
            throw new InvalidFileException(_path, name, $"has data_offsets [{begin}, {end}]; expected them inside the {dataLength} bytes of data");
        }

        long expected = (long)elements * SafetensorsTensor.ElementSize(dataType);
        return end - begin == expected
            ? new SafetensorsTensor(name, dataType, dimensions, dataStart + begin, expected)
            : throw new InvalidFileException(
                _path, name, $"has {end - begin} bytes; expected {expected} for {dataType} [{string.Join(", ", dimensions)}]");
    }

    private void CheckContiguous(long dataStart, long dataLength)
    {
        long position = dataStart;
        foreach (SafetensorsTensor tensor in Tensors.Values.OrderBy(t => t.Offset).ThenBy(t => t.ByteLength))
        {
            if (tensor.Offset != position)
            {
                string kind = tensor.Offset < position ? "overlaps the tensor before it" : "leaves a gap before it";
                throw new InvalidFileException(_path, tensor.Name, $"{kind}: starts at data byte {tensor.Offset - dataStart}; expected {position - dataStart}");
            }

            position += tensor.ByteLength;
        }

        if (position != dataStart + dataLength)
        {
            throw new InvalidFileException(
                _path, $"byte {position}", $"{dataStart + dataLength - position} bytes follow the last tensor; expected none");
        }
    }
}
