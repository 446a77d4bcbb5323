using CsCheck;
using DlpLora.OnnxExport.Formats;
using DlpLora.OnnxExport.Quantization;
using DlpLora.OnnxExport.Sources;

namespace DlpLora.OnnxExport.Tests.Quantization;

/// <summary>What an encoded matrix multiplies with, against the source's weights.</summary>
[TestClass]
public sealed class EncoderTests
{
    private const int Block = 32;

    [TestMethod]
    public void Q8_0StaysExactIn8Bits() => Gen.Byte.Array[34 * 6].Sample(bytes =>
    {
        Finite(bytes, 34);
        WeightMatrix weights = Matrix(Q8_0.Instance, bytes, rows: 2, columns: 96);
        return weights.ReadAll().SequenceEqual(Effective(new Int8Encoder().Encode(weights), 96, addsMeans: false));
    });

    [TestMethod]
    public void Q4_0StaysExactIn4Bits() => Gen.Byte.Array[18 * 6].Sample(bytes =>
    {
        Finite(bytes, 18);
        WeightMatrix weights = Matrix(Q4_0.Instance, bytes, rows: 2, columns: 96);
        return weights.ReadAll().SequenceEqual(Effective(new Int4Encoder().Encode(weights), 96, addsMeans: true));
    });

    [TestMethod]
    public void Q4_1In4BitsIsOffByThe15thOfTheRestsAtMost() => Gen.Byte.Array[20 * 6].Sample(bytes =>
    {
        Finite(bytes, 20);
        WeightMatrix weights = Matrix(Q4_1.Instance, bytes, rows: 2, columns: 96);
        float[] expected = weights.ReadAll();
        float[] actual = Effective(new Int4Encoder().Encode(weights), 96, addsMeans: true);
        for (int row = 0; row < 2; row++)
        {
            // The added columns of a row share one scale: a 15th of the span of the row's rests, half of it by rounding.
            float step = RestSpan(bytes, row) / 15;
            for (int i = 0; i < 96; i++)
            {
                float size = MathF.Abs(expected[(row * 96) + i]);
                if (!(MathF.Abs(expected[(row * 96) + i] - actual[(row * 96) + i]) <= (0.51f * step) + (1e-5f * size) + (1e-5f * RestSpan(bytes, row)) + 1e-12f))
                {
                    return false;
                }
            }
        }

        return true;
    });

    [TestMethod]
    public void SinglesIn4BitsAreOffByAboutHalfAStep() => Gen.Float[-1, 1].Array[96].Sample(values =>
    {
        byte[] bytes = new byte[values.Length * 4];
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        float[] actual = Effective(new Int4Encoder().Encode(Matrix(SingleFormat.Instance, bytes, rows: 1, columns: 96)), 96, addsMeans: true);

        // Half a step of the block (2 / 15), and the rest's own rounding.
        return values.Zip(actual, (e, a) => MathF.Abs(e - a)).Max() <= 0.16f;
    });

    // The matrix that stands in for the source's: a block's own weights, and the added column's weight shared by the block.
    private static float[] Effective(BlockMatrix matrix, int columns, bool addsMeans)
    {
        float[] values = new float[matrix.Rows * columns];
        for (int row = 0; row < matrix.Rows; row++)
        {
            for (int i = 0; i < columns; i++)
            {
                float rest = addsMeans ? Weight(matrix, row, columns + (i / Block)) / Block : 0;
                values[(row * columns) + i] = Weight(matrix, row, i) + rest;
            }
        }

        return values;
    }

    private static float Weight(BlockMatrix matrix, int row, int column)
    {
        int block = column / Block;
        int at = column % Block;
        ReadOnlySpan<byte> bytes = matrix.Codes.AsSpan(((row * matrix.Blocks) + block) * matrix.BlockBytes, matrix.BlockBytes);
        int code = matrix.Bits == 8 ? bytes[at] : (bytes[at / 2] >> (at % 2 * 4)) & 15;
        int zero = matrix.ZeroPoints is not { } zeros ? 1 << (matrix.Bits - 1)
            : matrix.Bits == 8 ? zeros[(row * matrix.ZeroPointBytes) + block]
            : (zeros[(row * matrix.ZeroPointBytes) + (block / 2)] >> (block % 2 * 4)) & 15;
        return matrix.Scales[(row * matrix.Blocks) + block] * (code - zero);
    }

    private static float RestSpan(byte[] bytes, int row)
    {
        float low = 0;
        float high = 0;
        for (int block = 0; block < 3; block++)
        {
            int at = ((row * 3) + block) * 20;
            float scale = (float)BitConverter.ToHalf(bytes, at);
            float minimum = (float)BitConverter.ToHalf(bytes, at + 2);
            float rest = minimum + (scale * (scale != 0 ? Math.Clamp(MathF.Round(-minimum / scale), 0, 15) : 0));
            low = MathF.Min(low, rest);
            high = MathF.Max(high, rest);
        }

        return high - low;
    }

    // Random halves may be infinite, NaN or subnormal: the exponent's lowest bit set and its highest cleared keeps them ordinary.
    private static void Finite(byte[] bytes, int blockBytes)
    {
        for (int block = 0; block < bytes.Length; block += blockBytes)
        {
            bytes[block + 1] = (byte)((bytes[block + 1] & 0xBF) | 0x04);
            if (blockBytes == 20)
            {
                bytes[block + 3] = (byte)((bytes[block + 3] & 0xBF) | 0x04);
            }
        }
    }

    private static WeightMatrix Matrix(BlockFormat format, byte[] bytes, int rows, int columns) =>
        new(new SourceTensor("w", [rows, columns], format, (offset, length) => bytes.AsSpan((int)offset, length)));
}
