using DlpLora.Runtime.Safetensors;

namespace DlpLora.Cli.Inspection;

/// <summary>A tensor of a file.</summary>
internal sealed record TensorRow(string Name, string Type, IReadOnlyList<long> Shape, long Bytes)
{
    public static IReadOnlyList<TensorRow> From(SafetensorsFile file) =>
        [.. file.Tensors.Values.OrderBy(t => t.Offset).Select(t => new TensorRow(t.Name, t.DataType.ToString(), t.Shape, t.ByteLength))];
}
