using System.Runtime.InteropServices;
using DlpLora.OnnxExport.Formats;
using DlpLora.OnnxExport.Quantization;
using DlpLora.OnnxExport.Sources;

namespace DlpLora.OnnxExport.Tests.Quantization;

[TestClass]
public sealed class ByteTilesTests
{
    [TestMethod]
    public void TilesHoldTheSourcesWeights()
    {
        const int Rows = 32;
        const int Columns = 96;
        const int Blocks = Columns / 32;
        Random random = new(1);
        float[] values = [.. Enumerable.Range(0, Rows * Columns).Select(_ => random.NextSingle() - 0.5f)];
        byte[] bytes = MemoryMarshal.AsBytes<float>(values).ToArray();
        WeightMatrix weights = new(new SourceTensor("w", [Rows, Columns], SingleFormat.Instance, (offset, length) => bytes.AsSpan((int)offset, length)));
        BlockMatrix matrix = new Int8Encoder().Encode(weights);
        byte[] tiles = ByteTiles.Of(matrix.Codes, MemoryMarshal.AsBytes<float>(matrix.Scales), Rows, Blocks);
        Assert.HasCount(Rows / 16 * Blocks * 576, tiles);
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                Span<byte> tile = tiles.AsSpan(((row / 16 * Blocks) + (column / 32)) * 576, 576);
                int i = column % 32;
                int code = tile[(64 * (i / 4)) + (4 * (row % 16)) + (i % 4)];
                float scale = MemoryMarshal.Cast<byte, float>(tile[512..])[row % 16];

                // Half a step of 127 of a block, whose largest weight is 0.5 at most.
                Assert.IsLessThan(0.0021f, MathF.Abs(values[(row * Columns) + column] - (scale * (code - 128))));
            }
        }
    }
}
