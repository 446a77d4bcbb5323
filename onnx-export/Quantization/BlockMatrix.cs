namespace DlpLora.OnnxExport.Quantization;

/// <summary>A matrix in the form of MatMulNBits: blocks of columns, each with a scale and a zero point. w = scale (code - zero point).</summary>
internal sealed class BlockMatrix
{
    /// <summary>Columns of one block, unless an encoder asks for another number.</summary>
    public const int DefaultBlockSize = 32;

    public BlockMatrix(int rows, int columns, int bits, bool hasZeroPoints, int blockSize = DefaultBlockSize)
    {
        BlockSize = blockSize;
        Rows = rows;
        Columns = columns;
        Bits = bits;
        Codes = new byte[checked(rows * Blocks * BlockBytes)];
        Scales = new float[checked(rows * Blocks)];
        ZeroPoints = hasZeroPoints ? new byte[checked(rows * ZeroPointBytes)] : null;
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Bits of a code: 4 or 8.</summary>
    public int Bits { get; }

    /// <summary>Columns of one block.</summary>
    public int BlockSize { get; }

    /// <summary>Blocks of a row.</summary>
    public int Blocks => (Columns + BlockSize - 1) / BlockSize;

    public int BlockBytes => BlockSize * Bits / 8;

    /// <summary>Bytes of a row's zero points: packed like the codes, rounded up to whole bytes.</summary>
    public int ZeroPointBytes => ((Blocks * Bits) + 7) / 8;

    /// <summary>[rows, blocks, block bytes]; of two 4-bit codes in a byte the first is in the low nibble.</summary>
    public byte[] Codes { get; }

    /// <summary>[rows, blocks]</summary>
    public float[] Scales { get; }

    /// <summary>[rows, zero point bytes]; null when every zero point is the middle, 2^(bits-1).</summary>
    public byte[]? ZeroPoints { get; }

    /// <summary>Stores one block.</summary>
    /// <param name="row">The row.</param>
    /// <param name="block">The block in the row.</param>
    /// <param name="codes">A code a column.</param>
    /// <param name="scale">The block's scale.</param>
    /// <param name="zeroPoint">The block's zero point; the middle where the matrix has none.</param>
    public void Set(int row, int block, ReadOnlySpan<byte> codes, float scale, int zeroPoint)
    {
        Span<byte> target = Codes.AsSpan(((row * Blocks) + block) * BlockBytes, BlockBytes);
        Scales[(row * Blocks) + block] = scale;
        if (Bits == 8)
        {
            codes.CopyTo(target);
            ZeroPoints?[(row * ZeroPointBytes) + block] = (byte)zeroPoint;
            return;
        }

        for (int i = 0; i < target.Length; i++)
        {
            target[i] = (byte)(codes[2 * i] | (codes[(2 * i) + 1] << 4));
        }

        ZeroPoints?[(row * ZeroPointBytes) + (block / 2)] |= (byte)(zeroPoint << (block % 2 * 4));
    }
}
