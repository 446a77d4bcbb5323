using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DlpLora.OnnxExport.Quantization;

/// <summary>
/// Lays a 4-bit matrix out as the runtime's own product reads it: tiles of 16 outputs and 32 inputs, [outputs / 16, inputs / 32, 384 bytes]. The rests that
/// <see cref="Int4Encoder"/> appends as columns become part of each block's minimum: w = scale * code + minimum.
/// </summary>
/// <remarks>
/// A tile is 256 bytes of codes, 16 scales, 16 minima (singles). Byte 64 v + 4 o + j of the codes has those of output o: in its low nibble that of input
/// 8 v + j, in its high one that of input 8 v + 4 + j.
/// </remarks>
internal static class BlockTiles
{
    public const int Outputs = 16;
    public const int Bytes = CodeBytes + (2 * Outputs * sizeof(float));

    private const int Inputs = BlockMatrix.DefaultBlockSize;
    private const int CodeBytes = Outputs * Inputs / 2;

    /// <param name="codes">[rows, all blocks, 16], the rests' blocks behind the inputs'.</param>
    /// <param name="scales">[rows, all blocks], singles.</param>
    /// <param name="zeros">[rows, (all blocks + 1) / 2], two in a byte.</param>
    /// <param name="rows">A multiple of 16.</param>
    /// <param name="blocks">Blocks of a row's inputs.</param>
    public static byte[] Of(ReadOnlySpan<byte> codes, ReadOnlySpan<byte> scales, ReadOnlySpan<byte> zeros, int rows, int blocks)
    {
        Matrix matrix = new(codes, MemoryMarshal.Cast<byte, float>(scales), zeros, blocks);
        byte[] tiles = new byte[checked(rows / Outputs * blocks * Bytes)];
        for (int row = 0; row < rows; row++)
        {
            (int tileRow, int output) = Math.DivRem(row, Outputs);
            for (int block = 0; block < blocks; block++)
            {
                Span<byte> tile = tiles.AsSpan(((tileRow * blocks) + block) * Bytes, Bytes);
                for (int input = 0; input < Inputs; input++)
                {
                    (int quadruple, int j) = Math.DivRem(input, 4);
                    tile[(64 * (quadruple / 2)) + (4 * output) + j] |= (byte)(matrix.Code(row, block, input) << (quadruple % 2 * 4));
                }

                BinaryPrimitives.WriteSingleLittleEndian(tile[(CodeBytes + (output * sizeof(float)))..], matrix.Scale(row, block));
                BinaryPrimitives.WriteSingleLittleEndian(tile[(CodeBytes + ((Outputs + output) * sizeof(float)))..], matrix.Minimum(row, block));
            }
        }

        return tiles;
    }

    /// <summary>A matrix in the form of MatMulNBits with the rests of its blocks, a code each, behind its inputs.</summary>
    private readonly ref struct Matrix(ReadOnlySpan<byte> codes, ReadOnlySpan<float> scales, ReadOnlySpan<byte> zeros, int blocks)
    {
        private readonly ReadOnlySpan<byte> _codes = codes;
        private readonly ReadOnlySpan<float> _scales = scales;
        private readonly ReadOnlySpan<byte> _zeros = zeros;
        private readonly int _all = blocks + ((blocks + Inputs - 1) / Inputs);

        public int Code(int row, int block, int input) => Nibble(_codes[(((row * _all) + block) * Inputs / 2) + (input / 2)], input);

        public float Scale(int row, int block) => _scales[(row * _all) + block];

        /// <summary>The block's rest, stored <see cref="Inputs"/>-fold, less its zero point.</summary>
        public float Minimum(int row, int block)
        {
            int rests = blocks + (block / Inputs);
            float rest = Scale(row, rests) * (Code(row, rests, block % Inputs) - Zero(row, rests));
            return (rest / Inputs) - (Scale(row, block) * Zero(row, block));
        }

        private int Zero(int row, int block) => Nibble(_zeros[(row * ((_all + 1) / 2)) + (block / 2)], block);

        private static int Nibble(byte pair, int index) => (pair >> (index % 2 * 4)) & 15;
    }
}
