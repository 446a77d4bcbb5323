using System.Runtime.InteropServices;
using DlpLora.OnnxExport.Formats;
using DlpLora.OnnxExport.Quantization;
using DlpLora.OnnxExport.Sources;

namespace DlpLora.OnnxExport.Tests.Quantization;

[TestClass]
public sealed class BlockTilesTests
{
    /// <summary>1,120 columns are 35 blocks: their rests take two blocks.</summary>
    [TestMethod]
    [DataRow(96)]
    [DataRow(1120)]
    public void TilesHoldTheSourcesWeights(int columns)
    {
        const int Rows = 32;
        Random random = new(columns);
        float[] values = [.. Enumerable.Range(0, Rows * columns).Select(_ => random.NextSingle() - 0.3f)];
        byte[] bytes = MemoryMarshal.AsBytes<float>(values).ToArray();
        WeightMatrix weights = new(new SourceTensor("w", [Rows, columns], SingleFormat.Instance, (offset, length) => bytes.AsSpan((int)offset, length)));
        BlockMatrix matrix = new Int4Encoder().Encode(weights);
        int blocks = columns / 32;
        byte[] tiles = BlockTiles.Of(matrix.Codes, MemoryMarshal.AsBytes<float>(matrix.Scales), matrix.ZeroPoints, Rows, blocks);
        Assert.HasCount(Rows / 16 * blocks * 384, tiles);
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                Span<byte> tile = tiles.AsSpan(((row / 16 * blocks) + (column / 32)) * 384, 384);
                int i = column % 32;
                int code = (tile[(64 * (i / 8)) + (4 * (row % 16)) + (i % 4)] >> (i / 4 % 2 * 4)) & 15;
                ReadOnlySpan<float> numbers = MemoryMarshal.Cast<byte, float>(tile[256..]);

                // Half a step of 15 of the block, whose weights span 1, and the rest's own rounding.
                Assert.IsLessThan(0.05f, MathF.Abs(values[(row * columns) + column] - ((numbers[row % 16] * code) + numbers[16 + (row % 16)])));
            }
        }
    }
}
