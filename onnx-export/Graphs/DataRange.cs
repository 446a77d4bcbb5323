namespace DlpLora.OnnxExport.Graphs;

/// <summary>A piece of the weights' file, in bytes.</summary>
internal readonly record struct DataRange(long Offset, long Length);
