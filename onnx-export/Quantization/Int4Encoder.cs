using DlpLora.OnnxExport.Formats;
using DlpLora.OnnxExport.Sources;

namespace DlpLora.OnnxExport.Quantization;

/// <summary>
/// 4 bits whose grid may begin anywhere. MatMulNBits computes with whole zero points only; the rest of a block, minimum + scale * zero point,
/// is the same for its 32 weights, so it meets the sum of the block's inputs. One column a block holds these rests, and the graph
/// appends the means of the input's blocks. Q4_1 and Q4_0 weights keep their codes and scales.
/// </summary>
/// <param name="keepCodes">False fits the codes anew even where they could be kept: for measurements.</param>
internal sealed class Int4Encoder(bool keepCodes = true) : BlockEncoder(4, hasZeroPoints: true)
{
    private const int Largest = 15;

    public override bool AddsMeans => true;

    protected override void EncodeRow(WeightMatrix weights, int row, ReadOnlySpan<float> values, BlockMatrix target)
    {
        (SourceTensor part, int inPart) = weights.Locate(row);
        BlockFormat format = part.Format;
        ReadOnlySpan<byte> stored = part.RowBytes(inPart);
        int size = target.BlockSize;
        int blocks = weights.Columns / size;

        // The rests of the row's blocks, zeros up to whole blocks of the added columns.
        Span<float> rests = new float[(target.Blocks - blocks) * size];
        Span<byte> codes = stackalloc byte[size];
        for (int block = 0; block < blocks; block++)
        {
            ReadOnlySpan<byte> bytes = keepCodes && format.BlockElements == size ? stored.Slice(block * format.BlockBytes, format.BlockBytes) : [];
            AffineBlock affine = AffineBlock.Keep(format, bytes, codes) ?? AffineBlock.Fit(values.Slice(block * size, size), codes);
            int zero = affine.Scale != 0 ? Math.Clamp((int)MathF.Round(-affine.Minimum / affine.Scale), 0, Largest) : 0;
            target.Set(row, block, codes, affine.Scale, zero);

            // Times the block size, since the graph appends means, not sums.
            rests[block] = size * (affine.Minimum + (affine.Scale * zero));
        }

        for (int block = blocks; block < target.Blocks; block++)
        {
            WholeZeroPoint.Encode(rests.Slice((block - blocks) * size, size), codes, out float scale, out int zero);
            target.Set(row, block, codes, scale, zero);
        }
    }
}
