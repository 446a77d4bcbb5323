namespace DlpLora.OnnxExport.Graphs;

/// <summary>A dimension of a graph input or output: a number, or a name for a size that is known at run time.</summary>
/// <remarks>One name stands for one size in the whole graph: ONNX Runtime plans its buffers by that.</remarks>
internal readonly record struct Dim(long Value, string? Symbol)
{
    public static implicit operator Dim(long value) => new(value, null);

    public static implicit operator Dim(string symbol) => new(0, symbol);
}
