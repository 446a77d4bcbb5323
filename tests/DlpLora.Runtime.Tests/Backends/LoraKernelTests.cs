using System.Runtime.InteropServices;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends.LoraOperator;

namespace DlpLora.Runtime.Tests.Backends;

[TestClass]
public sealed unsafe class LoraKernelTests
{
    [TestMethod]
    [DataRow(1, 1, 8, false, false)]
    [DataRow(1, 1, 5, false, false)]
    [DataRow(1, 9, 3, false, false)]
    [DataRow(1, 9, 6, false, true)]
    [DataRow(6, 1, 12, true, false)]
    [DataRow(2, 5, 4, true, false)]
    [DataRow(2, 5, 7, true, true)]
    [DataRow(3, 2, 1, false, true)]
    [DataRow(19, 1, 17, true, false)]
    public void EveryShapeOfTheGateGivesTheSumsOfTheDefinition(int batch, int sequence, int rank, bool gatePerRow, bool gatePerPosition)
    {
        // Odd widths, so that the ends behind whole vectors are met; columns 0 to 68 and 100 to 110 are the modules', those between nobody's.
        const int Inputs = 85;
        const int Outputs = 128;
        LoraBlock[] blocks = [new(0, 69), new(100, 11)];
        int tokens = batch * sequence;
        Random random = new((rank * 100) + tokens);
        float[] x = Values(random, tokens * Inputs);
        float[] y = Values(random, tokens * Outputs);

        // Numbers that bfloat16 holds, so that both forms have the same sums.
        float[] a = Array.ConvertAll(Values(random, blocks.Length * rank * Inputs), Short);
        float[] b = Array.ConvertAll(Values(random, blocks.Length * rank * Outputs), Short);
        int gateRows = (gatePerRow ? batch : 1) * (gatePerPosition ? sequence : 1);
        float[] gate = Values(random, gateRows * rank);
        for (int i = 0; i < gate.Length; i++)
        {
            // Rows of zeros that some tokens share and others do not: what mixtures of their own look like in one batch.
            gate[i] = random.Next(3) == 0 ? 0 : gate[i];
        }

        double[] expected = Naive(x, y, a, b, gate, blocks, (tokens, sequence), rank, (gatePerRow, gatePerPosition), Inputs, Outputs);
        byte[] packedA = Packed(a, Inputs);
        byte[] packedB = [.. Enumerable.Range(0, rank).SelectMany(r => blocks.SelectMany(
            (block, i) => Packed(b.AsSpan((((i * rank) + r) * Outputs) + block.Column, block.Width).ToArray(), block.Width)))];
        foreach ((WeightElement element, int parts) in new[] { WeightElement.Single, WeightElement.BFloat16 }.SelectMany(e => new[] { 1, 2, 3 }.Select(p => (e, p))))
        {
            float[] actual = [.. y];
            byte[] bytesA = element == WeightElement.Single ? MemoryMarshal.AsBytes<float>(a).ToArray() : packedA;
            byte[] bytesB = element == WeightElement.Single ? MemoryMarshal.AsBytes<float>(b).ToArray() : packedB;
            fixed (float* px = x, py = actual, pg = gate)
            fixed (byte* pa = bytesA, pb = bytesB)
            fixed (LoraBlock* pbl = blocks)
            {
                LoraKernel kernel = new()
                {
                    X = px,
                    Y = py,
                    Element = element,
                    A = pa,
                    B = pb,
                    Gate = pg,
                    Inputs = Inputs,
                    Outputs = Outputs,
                    Rank = rank,
                    Sequence = sequence,
                    GatePer = (gatePerRow, gatePerPosition),
                    Blocks = pbl,
                    BlockCount = blocks.Length,
                };
                for (int part = 0; part < parts; part++)
                {
                    if (tokens == 1)
                    {
                        kernel.Add(0, 1, rank * part / parts, rank * (part + 1) / parts, py);
                    }
                    else
                    {
                        kernel.AddTokens(tokens * part / parts, tokens * (part + 1) / parts);
                    }
                }
            }

            double largest = expected.Zip(actual, (e, v) => Math.Abs(e - v)).Max();
            Assert.IsLessThanOrEqualTo(1e-5, largest, $"{element}, {parts} parts");
        }
    }

    [TestMethod]
    public void NothingIsReadOfARowWhoseGateIsZero()
    {
        float[] x = [1, 2, 3];
        float[] y = [10, 20];
        float[] a = [float.NaN, float.NaN, float.NaN, 1, 1, 1];
        float[] b = [float.NaN, float.NaN, 2, 3];
        float[] gate = [0, 0.5f];
        LoraBlock[] blocks = [new(0, 2)];
        fixed (float* px = x, py = y, pa = a, pb = b, pg = gate)
        fixed (LoraBlock* pbl = blocks)
        {
            LoraKernel kernel = new()
            {
                X = px,
                Y = py,
                Element = WeightElement.Single,
                A = (byte*)pa,
                B = (byte*)pb,
                Gate = pg,
                Inputs = 3,
                Outputs = 2,
                Rank = 2,
                Sequence = 1,
                GatePer = (false, false),
                Blocks = pbl,
                BlockCount = 1,
            };
            kernel.Add(0, 1, 0, 2, py);
        }

        CollectionAssert.AreEqual(new float[] { 16, 29 }, y);
    }

    /// <summary>y + ((x A^T) * tile(gate)) B over the blocks' own columns, in doubles.</summary>
    private static double[] Naive(
        float[] x, float[] y, float[] a, float[] b, float[] gate, LoraBlock[] blocks, (int Tokens, int Sequence) size, int rank, (bool Row, bool Position) per, int inputs, int outputs)
    {
        double[] sums = Array.ConvertAll(y, v => (double)v);
        for (int token = 0; token < size.Tokens; token++)
        {
            (int row, int position) = Math.DivRem(token, size.Sequence);
            int gateRow = per.Row ? (per.Position ? token : row) : (per.Position ? position : 0);
            for (int block = 0; block < blocks.Length; block++)
            {
                for (int r = 0; r < rank; r++)
                {
                    int stacked = (block * rank) + r;
                    double h = 0;
                    for (int i = 0; i < inputs; i++)
                    {
                        h += (double)x[(token * inputs) + i] * a[(stacked * inputs) + i];
                    }

                    h *= gate[(gateRow * rank) + r];
                    for (int column = blocks[block].Column; column < blocks[block].Column + blocks[block].Width; column++)
                    {
                        sums[(token * outputs) + column] += h * b[(stacked * outputs) + column];
                    }
                }
            }
        }

        return sums;
    }

    /// <summary>Rows of one width as bfloat16.</summary>
    private static byte[] Packed(float[] values, int width)
    {
        byte[] bytes = new byte[values.Length * sizeof(ushort)];
        WeightElement.BFloat16.Write(values, width, bytes);
        return bytes;
    }

    private static float Short(float value) => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000);

    private static float[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
}
