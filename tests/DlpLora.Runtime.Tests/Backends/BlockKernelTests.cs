using System.Runtime.InteropServices;
using DlpLora.Runtime.Backends.BlockOperator;

namespace DlpLora.Runtime.Tests.Backends;

[TestClass]
public sealed unsafe class BlockKernelTests
{
    private const int Outputs = 48;

    [TestMethod]
    [DataRow(1, 32)]
    [DataRow(1, 576)]
    [DataRow(2, 64)]
    [DataRow(4, 96)]
    [DataRow(5, 1120)]
    [DataRow(8, 576)]
    [DataRow(13, 1536)]
    public void ProductsAreThoseOfTheDefinition(int tokens, int inputs)
    {
        Random random = new((tokens * 10_000) + inputs);
        float[] x = [.. Enumerable.Range(0, tokens * inputs).Select(i => (random.NextSingle() - 0.4f) * (1 + (i / 32 % 5)))];
        x.AsSpan(0, 32).Clear();
        byte[] tiles = Tiles(random, inputs);
        double[] expected = Naive(x, tiles, tokens, inputs);
        Assert.IsTrue(BlockKernel256.IsSupported, "the operator graph is not loaded on this processor");
        Assert.IsLessThanOrEqualTo(1e-6 * inputs, Difference(expected, Run(x, tiles, tokens, inputs, wide: false)));
        if (BlockKernel512.IsSupported)
        {
            Assert.IsLessThanOrEqualTo(1e-6 * inputs, Difference(expected, Run(x, tiles, tokens, inputs, wide: true)));
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ATokenHasTheSameProductsAloneAsAmongOthers(bool wide)
    {
        if (wide && !BlockKernel512.IsSupported)
        {
            Assert.Inconclusive("this processor has no AVX-512");
        }

        const int Tokens = 11;
        const int Inputs = 160;
        Random random = new(3);
        float[] x = [.. Enumerable.Range(0, Tokens * Inputs).Select(_ => random.NextSingle() - 0.5f)];
        byte[] tiles = Tiles(random, Inputs);
        float[] together = Run(x, tiles, Tokens, Inputs, wide);
        for (int token = 0; token < Tokens; token++)
        {
            float[] alone = Run(x[(token * Inputs)..((token + 1) * Inputs)], tiles, 1, Inputs, wide);
            CollectionAssert.AreEqual(together[(token * Outputs)..((token + 1) * Outputs)], alone);
        }
    }

    private static double Difference(double[] expected, float[] actual) => expected.Zip(actual, (e, v) => Math.Abs(e - v)).Max();

    /// <summary>[tokens, outputs]</summary>
    private static float[] Run(float[] x, byte[] tiles, int tokens, int inputs, bool wide)
    {
        float[] y = new float[tokens * Outputs];
        int bytes = (int)BlockInput.Bytes(tokens, inputs);
        byte* memory = (byte*)NativeMemory.Alloc((nuint)bytes);
        new Span<byte>(memory, bytes).Fill(0xFF);
        BlockInput input = new(memory, tokens, inputs, forBytes: false);
        float* sums = stackalloc float[8 * BlockWeights.TileOutputs];
        fixed (float* px = x)
        fixed (byte* pt = tiles)
        {
            for (int group = 0; group < input.Groups; group++)
            {
                input.Encode(group, px);
                for (int tile = 0; tile < Outputs / 16; tile++)
                {
                    byte* row = pt + (tile * inputs / 32 * NibbleTile.Bytes);
                    if (wide)
                    {
                        BlockKernel512.Run(row, input.Group(group), input.Width, inputs / 32, sums);
                    }
                    else
                    {
                        BlockKernel256.Run(row, input.Group(group), input.Width, inputs / 32, sums);
                    }

                    for (int token = 0; token < input.Width && (group * input.Width) + token < tokens; token++)
                    {
                        new Span<float>(sums + (token * 16), 16).CopyTo(y.AsSpan(((((group * input.Width) + token) * Outputs) + (tile * 16))));
                    }
                }
            }
        }

        NativeMemory.Free(memory);
        return y;
    }

    /// <summary>Inputs in 8-bit codes times the weights, scale times code and minimum; in doubles.</summary>
    private static double[] Naive(float[] x, byte[] tiles, int tokens, int inputs)
    {
        double[] y = new double[tokens * Outputs];
        for (int token = 0; token < tokens; token++)
        {
            for (int block = 0; block < inputs / 32; block++)
            {
                float[] values = x[((token * inputs) + (block * 32))..((token * inputs) + (block * 32) + 32)];
                float largest = values.Max(MathF.Abs);
                float inverse = largest > 0 ? 127 / largest : 0;
                for (int output = 0; output < Outputs; output++)
                {
                    Span<byte> tile = tiles.AsSpan(((output / 16 * inputs / 32) + block) * NibbleTile.Bytes, NibbleTile.Bytes);
                    ReadOnlySpan<float> numbers = MemoryMarshal.Cast<byte, float>(tile[NibbleTile.CodeBytes..]);
                    double sum = 0;
                    for (int i = 0; i < 32; i++)
                    {
                        int code = (tile[(64 * (i / 8)) + (4 * (output % 16)) + (i % 4)] >> (i / 4 % 2 * 4)) & 15;
                        sum += (double)MathF.Round(values[i] * inverse) * (((double)code * numbers[output % 16]) + numbers[16 + (output % 16)]);
                    }

                    y[(token * Outputs) + output] += sum * largest / 127;
                }
            }
        }

        return y;
    }

    /// <summary>Random codes, and small scales and minima; the first tile has the largest codes only, with which words are fullest.</summary>
    private static byte[] Tiles(Random random, int inputs)
    {
        byte[] tiles = new byte[Outputs / 16 * (inputs / 32) * NibbleTile.Bytes];
        for (int tile = 0; tile < tiles.Length; tile += NibbleTile.Bytes)
        {
            Span<byte> codes = tiles.AsSpan(tile, NibbleTile.CodeBytes);
            random.NextBytes(codes);
            if (tile == 0)
            {
                codes.Fill(0xFF);
            }

            foreach (ref float number in MemoryMarshal.Cast<byte, float>(tiles.AsSpan(tile, NibbleTile.Bytes)[NibbleTile.CodeBytes..]))
            {
                number = (random.NextSingle() - 0.5f) / 10;
            }
        }

        return tiles;
    }
}
