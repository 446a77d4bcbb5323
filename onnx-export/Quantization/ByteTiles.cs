using System.Runtime.InteropServices;

namespace DlpLora.OnnxExport.Quantization;

/// <summary>
/// Lays an 8-bit matrix whose zero points are all 128 out as the runtime's own product reads it: tiles of 16 outputs and 32 inputs,
/// [outputs / 16, inputs / 32, 576 bytes].
/// </summary>
/// <remarks>A tile is 512 bytes of codes, 16 scales (singles). Byte 64 q + 4 o + j of the codes is that of output o and input 4 q + j.</remarks>
internal static class ByteTiles
{
    public const int Outputs = 16;
    public const int Bytes = CodeBytes + (Outputs * sizeof(float));

    private const int Inputs = BlockMatrix.DefaultBlockSize;
    private const int CodeBytes = Outputs * Inputs;
    private const int Quadruple = 4;

    /// <param name="codes">[rows, blocks, 32].</param>
    /// <param name="scales">[rows, blocks], singles.</param>
    /// <param name="rows">A multiple of 16.</param>
    /// <param name="blocks">Blocks of a row.</param>
    public static byte[] Of(ReadOnlySpan<byte> codes, ReadOnlySpan<byte> scales, int rows, int blocks)
    {
        byte[] tiles = new byte[checked(rows / Outputs * blocks * Bytes)];
        ReadOnlySpan<int> quadruples = MemoryMarshal.Cast<byte, int>(codes);
        ReadOnlySpan<int> singles = MemoryMarshal.Cast<byte, int>(scales);
        for (int row = 0; row < rows; row++)
        {
            (int tileRow, int output) = Math.DivRem(row, Outputs);
            for (int block = 0; block < blocks; block++)
            {
                // As numbers of four bytes: [8 quadruples, 16 outputs], then [16] scales.
                Span<int> tile = MemoryMarshal.Cast<byte, int>(tiles.AsSpan(((tileRow * blocks) + block) * Bytes, Bytes));
                int source = (row * blocks) + block;
                for (int q = 0; q < Inputs / Quadruple; q++)
                {
                    tile[(q * Outputs) + output] = quadruples[(source * Inputs / Quadruple) + q];
                }

                tile[(CodeBytes / sizeof(int)) + output] = singles[source];
            }
        }

        return tiles;
    }
}
