namespace DlpLora.OnnxExport.Quantization;

/// <summary>Maps the source's weights to blocks of 4 or 8 bits.</summary>
internal abstract class BlockEncoder(int bits, bool hasZeroPoints, int blockSize = BlockMatrix.DefaultBlockSize)
{
    public int Bits { get; } = bits;

    /// <summary>
    /// Whether a matrix gets one column more for each of its blocks, to be multiplied with the mean of the input's block.
    /// </summary>
    public virtual bool AddsMeans => false;

    /// <summary>Encodes a matrix, rows in parallel.</summary>
    public BlockMatrix Encode(WeightMatrix weights)
    {
        int columns = weights.Columns + (AddsMeans ? weights.Columns / blockSize : 0);
        BlockMatrix target = new(weights.Rows, columns, Bits, hasZeroPoints, blockSize);
        Parallel.For(
            0,
            weights.Rows,
            () => new float[target.Blocks * target.BlockSize],
            (row, _, values) =>
            {
                weights.ReadRow(row, values);
                EncodeRow(weights, row, values, target);
                return values;
            },
            _ => { });
        return target;
    }

    /// <summary>Encodes one row.</summary>
    /// <param name="weights">The matrix, for encoders that look at the source's own codes.</param>
    /// <param name="row">The row.</param>
    /// <param name="values">The row as singles, zeros up to the target's whole blocks.</param>
    /// <param name="target">Receives the blocks.</param>
    protected abstract void EncodeRow(WeightMatrix weights, int row, ReadOnlySpan<float> values, BlockMatrix target);
}
