using DlpLora.OnnxExport.Graphs;
using DlpLora.OnnxExport.Quantization;
using DlpLora.OnnxExport.Sources;

namespace DlpLora.Benchmarks.Quantization;

/// <summary>Q4_1's codes and scales with MatMulNBits' unpacked zero points -m/d, singles: exact, but ONNX Runtime dequantizes for every call.</summary>
internal sealed class FloatZeroPointLayout : WeightLayout
{
    private readonly BlockLayout _embedding = new(new Int4Encoder(), new Int8Encoder());

    public override string Linear(GraphBuilder graph, string name, string x, WeightMatrix weights, float[]? bias)
    {
        BlockMatrix matrix = new KeptCodesEncoder().Encode(weights);
        float[] zeros = new float[matrix.Scales.Length];
        byte[] codes = new byte[32];
        for (int row = 0; row < matrix.Rows; row++)
        {
            for (int block = 0; block < matrix.Blocks; block++)
            {
                Q4_1Block source = Q4_1Block.Read(weights, row, block, codes);
                zeros[(row * matrix.Blocks) + block] = source.Scale != 0 ? -source.Minimum / source.Scale : 0;
            }
        }

        return graph.MicrosoftNode(
            name,
            "MatMulNBits",
            [
                x, graph.Weight($"{name}.weight", matrix.Codes, matrix.Rows, matrix.Blocks, matrix.BlockBytes),
                graph.Weight($"{name}.scales", matrix.Scales, matrix.Rows, matrix.Blocks), graph.Weight($"{name}.zero_points", zeros, matrix.Rows, matrix.Blocks),
            ],
            NodeAttribute.Of("K", matrix.Columns),
            NodeAttribute.Of("N", matrix.Rows),
            NodeAttribute.Of("bits", 4),
            NodeAttribute.Of("block_size", 32),
            NodeAttribute.Of("accuracy_level", 4));
    }

    public override string Embedding(GraphBuilder graph, string name, string ids, SourceTensor embedding) => _embedding.Embedding(graph, name, ids, embedding);

    public override string Head(GraphBuilder graph, string name, string x, SourceTensor? head) => _embedding.Head(graph, name, x, head);
}
