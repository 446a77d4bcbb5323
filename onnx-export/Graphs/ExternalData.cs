using System.Globalization;
using DlpLora.OnnxExport.Onnx;

namespace DlpLora.OnnxExport.Graphs;

/// <summary>The weights' file beside the graph. Every tensor begins at a page, so that it can be mapped.</summary>
internal sealed class ExternalData(Stream stream, string fileName)
{
    private const int Page = 4096;

    private long _position;

    /// <summary>Writes bytes and returns where they lie.</summary>
    public DataRange Write(ReadOnlySpan<byte> bytes)
    {
        long start = (_position + Page - 1) / Page * Page;
        stream.Write(new byte[start - _position]);
        stream.Write(bytes);
        _position = start + bytes.Length;
        return new DataRange(start, bytes.Length);
    }

    /// <summary>Points a tensor at bytes that were written before; several tensors may view the same bytes.</summary>
    public void Attach(TensorProto tensor, DataRange range)
    {
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        Add("location", fileName);
        Add("offset", range.Offset.ToString(CultureInfo.InvariantCulture));
        Add("length", range.Length.ToString(CultureInfo.InvariantCulture));

        void Add(string key, string value) => tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
    }
}
