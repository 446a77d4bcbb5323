using System.Runtime.InteropServices;
using DlpLora.OnnxExport.Onnx;
using DlpLora.OnnxExport.Quantization;
using DlpLora.OnnxExport.Sources;

namespace DlpLora.OnnxExport.Graphs;

/// <summary>Weights in blocks of 4 or 8 bits: MatMulNBits, and GatherBlockQuantized over the same bytes for a tied embedding.</summary>
/// <remarks>
/// Where the encoder asks for it, the input of a linear module gets the means of its blocks appended, and the matrix as many columns: they carry
/// what an integer zero point cannot (docs/quantization.md).
/// </remarks>
/// <param name="linear">Encodes the linear modules.</param>
/// <param name="embedding">Encodes the embedding and the LM head.</param>
/// <param name="accuracyLevel">MatMulNBits' accuracy level: 4 computes with 8-bit activations, 1 with singles.</param>
internal sealed class BlockLayout(BlockEncoder linear, BlockEncoder embedding, int accuracyLevel = BlockLayout.Int8Activations) : WeightLayout
{
    public const int Int8Activations = 4;

    /// <summary>How the node's name ends that appends the means to an input.</summary>
    public const string WithMeansSuffix = ".with_means";

    private readonly Dictionary<string, string> _withMeans = new(StringComparer.Ordinal);

    private (BlockMatrix Matrix, DataRange Codes, DataRange Scales, DataRange? ZeroPoints)? _embedding;

    /// <summary>MatMulNBits' attribute.</summary>
    public static AttributeProto Accuracy(int level) => NodeAttribute.Of("accuracy_level", level);

    public override string Linear(GraphBuilder graph, string name, string x, WeightMatrix weights, float[]? bias)
    {
        BlockMatrix matrix = linear.Encode(weights);
        string input = linear.AddsMeans ? WithMeans(graph, x) : x;
        return MatMul(graph, name, name, input, matrix, Write(graph, matrix), bias is null ? null : graph.Weight($"{name}.bias", bias, bias.Length));
    }

    public override string Embedding(GraphBuilder graph, string name, string ids, SourceTensor tensor)
    {
        BlockMatrix matrix = embedding.Encode(new WeightMatrix(tensor));
        (DataRange codes, DataRange scales, DataRange? zeroPoints) = Write(graph, matrix);
        _embedding = (matrix, codes, scales, zeroPoints);
        string data = graph.View($"{name}.weight", TensorProto.Types.DataType.Uint8, codes, matrix.Rows, matrix.Blocks * matrix.BlockBytes);
        string scale = graph.View($"{name}.scales", TensorProto.Types.DataType.Float, scales, matrix.Rows, matrix.Blocks);
        string zero = zeroPoints is { } range
            ? graph.View($"{name}.zero_points", TensorProto.Types.DataType.Uint8, range, matrix.Rows, matrix.ZeroPointBytes)
            : string.Empty;
        return graph.MicrosoftNode(
            name,
            "GatherBlockQuantized",
            zero.Length > 0 ? [data, ids, scale, zero] : [data, ids, scale],
            NodeAttribute.Of("bits", matrix.Bits),
            NodeAttribute.Of("block_size", matrix.BlockSize),
            NodeAttribute.Of("gather_axis", 0),
            NodeAttribute.Of("quantize_axis", 1));
    }

    public override string Head(GraphBuilder graph, string name, string x, SourceTensor? head)
    {
        if (head is null)
        {
            (BlockMatrix tied, DataRange codes, DataRange scales, DataRange? zeroPoints) = _embedding!.Value;
            return MatMul(graph, name, "lm_head", x, tied, (codes, scales, zeroPoints), null);
        }

        BlockMatrix matrix = embedding.Encode(new WeightMatrix(head));
        return MatMul(graph, name, "lm_head", x, matrix, Write(graph, matrix), null);
    }

    private static (DataRange Codes, DataRange Scales, DataRange? ZeroPoints) Write(GraphBuilder graph, BlockMatrix matrix) => (
        graph.Data.Write(matrix.Codes),
        graph.Data.Write(MemoryMarshal.AsBytes<float>(matrix.Scales)),
        matrix.ZeroPoints is { } zeroPoints ? graph.Data.Write(zeroPoints) : null);

    // x behind it the means of its blocks: what the encoder's added columns are multiplied with. Modules that share x share it.
    private string WithMeans(GraphBuilder graph, string x)
    {
        if (!_withMeans.TryGetValue(x, out string? joined))
        {
            long[] block = [BlockMatrix.DefaultBlockSize];
            string means = graph.Node($"{x}.means", "AveragePool", [x], NodeAttribute.Of("kernel_shape", block), NodeAttribute.Of("strides", block));
            _withMeans[x] = joined = graph.Node(x + WithMeansSuffix, "Concat", [x, means], NodeAttribute.Of("axis", -1));
        }

        return joined;
    }

    private string MatMul(
        GraphBuilder graph, string name, string weightName, string x, BlockMatrix matrix, (DataRange Codes, DataRange Scales, DataRange? ZeroPoints) data, string? bias)
    {
        string w = graph.View($"{weightName}.weight", TensorProto.Types.DataType.Uint8, data.Codes, matrix.Rows, matrix.Blocks, matrix.BlockBytes);
        string scales = graph.View($"{weightName}.scales", TensorProto.Types.DataType.Float, data.Scales, matrix.Rows, matrix.Blocks);
        string zero = data.ZeroPoints is { } range
            ? graph.View($"{weightName}.zero_points", TensorProto.Types.DataType.Uint8, range, matrix.Rows, matrix.ZeroPointBytes)
            : string.Empty;

        // Inputs: A, B, scales, zero_points, g_idx (deprecated), bias.
        string[] inputs = bias is not null ? [x, w, scales, zero, string.Empty, bias] : zero.Length > 0 ? [x, w, scales, zero] : [x, w, scales];
        return graph.MicrosoftNode(
            name,
            "MatMulNBits",
            inputs,
            NodeAttribute.Of("K", matrix.Columns),
            NodeAttribute.Of("N", matrix.Rows),
            NodeAttribute.Of("bits", matrix.Bits),
            NodeAttribute.Of("block_size", matrix.BlockSize),
            Accuracy(accuracyLevel));
    }
}
