namespace DlpLora.Runtime.Safetensors;

/// <summary>One tensor of a <c>.safetensors</c> file: its name, type, shape and the place of its bytes.</summary>
/// <param name="Name">The tensor's name, unique in its file.</param>
/// <param name="DataType">The element type.</param>
/// <param name="Shape">The dimensions, outermost first; empty for a scalar.</param>
/// <param name="Offset">The first byte, counted from the start of the file.</param>
/// <param name="ByteLength">The number of bytes: elements times the size of one.</param>
public sealed record SafetensorsTensor(string Name, SafetensorsDataType DataType, IReadOnlyList<long> Shape, long Offset, long ByteLength)
{
    /// <summary>The number of elements; 1 for a scalar.</summary>
    public long ElementCount => ByteLength / ElementSize(DataType);

    internal static int ElementSize(SafetensorsDataType type) => type switch
    {
        SafetensorsDataType.F32 or SafetensorsDataType.I32 => 4,
        SafetensorsDataType.F16 or SafetensorsDataType.BF16 => 2,
        SafetensorsDataType.I64 => 8,
        _ => 1,
    };
}
