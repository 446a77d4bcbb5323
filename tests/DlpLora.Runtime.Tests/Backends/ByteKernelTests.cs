using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using DlpLora.Runtime.Backends.BlockOperator;

namespace DlpLora.Runtime.Tests.Backends;

[TestClass]
public sealed unsafe class ByteKernelTests
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
        float[] actual = Run<Avx2Dot>(x, tiles, tokens, inputs);
        Assert.IsLessThanOrEqualTo(1e-5 * inputs, expected.Zip(actual, (e, v) => Math.Abs(e - v)).Max());
        if (AvxVnni.IsSupported)
        {
            CollectionAssert.AreEqual(actual, Run<VnniDot>(x, tiles, tokens, inputs), "both ways sum whole numbers");
        }
    }

    [TestMethod]
    public void ATokenHasTheSameProductsAloneAsAmongOthers()
    {
        const int Tokens = 11;
        const int Inputs = 160;
        Random random = new(3);
        float[] x = [.. Enumerable.Range(0, Tokens * Inputs).Select(_ => random.NextSingle() - 0.5f)];
        byte[] tiles = Tiles(random, Inputs);
        float[] together = Run<Avx2Dot>(x, tiles, Tokens, Inputs);
        for (int token = 0; token < Tokens; token++)
        {
            float[] alone = Run<Avx2Dot>(x[(token * Inputs)..((token + 1) * Inputs)], tiles, 1, Inputs);
            CollectionAssert.AreEqual(together[(token * Outputs)..((token + 1) * Outputs)], alone);
        }
    }

    /// <summary>[tokens, outputs]</summary>
    private static float[] Run<TDot>(float[] x, byte[] tiles, int tokens, int inputs)
        where TDot : IByteDot
    {
        float[] y = new float[tokens * Outputs];
        int bytes = (int)BlockInput.Bytes(tokens, inputs);
        byte* memory = (byte*)NativeMemory.Alloc((nuint)bytes);
        new Span<byte>(memory, bytes).Fill(0xFF);
        BlockInput input = new(memory, tokens, inputs, forBytes: true);
        float* sums = stackalloc float[8 * BlockWeights.TileOutputs];
        fixed (float* px = x)
        fixed (byte* pt = tiles)
        {
            for (int group = 0; group < input.Groups; group++)
            {
                input.Encode(group, px);
                for (int tile = 0; tile < Outputs / 16; tile++)
                {
                    ByteKernel<TDot>.Run(pt + (tile * inputs / 32 * ByteTile.Bytes), input.Group(group), input.Width, inputs / 32, sums);
                    for (int token = 0; token < input.Width && (group * input.Width) + token < tokens; token++)
                    {
                        new Span<float>(sums + (token * 16), 16).CopyTo(y.AsSpan((((group * input.Width) + token) * Outputs) + (tile * 16)));
                    }
                }
            }
        }

        NativeMemory.Free(memory);
        return y;
    }

    /// <summary>Inputs in 8-bit codes times scale times code less 128, in doubles.</summary>
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
                    Span<byte> tile = tiles.AsSpan(((output / 16 * inputs / 32) + block) * ByteTile.Bytes, ByteTile.Bytes);
                    double sum = 0;
                    for (int i = 0; i < 32; i++)
                    {
                        sum += (double)MathF.Round(values[i] * inverse) * (tile[(64 * (i / 4)) + (4 * (output % 16)) + (i % 4)] - 128);
                    }

                    y[(token * Outputs) + output] += sum * largest / 127 * MemoryMarshal.Cast<byte, float>(tile[ByteTile.CodeBytes..])[output % 16];
                }
            }
        }

        return y;
    }

    /// <summary>Random codes and small scales; the first tiles have the smallest and the largest codes only, with which words are fullest.</summary>
    private static byte[] Tiles(Random random, int inputs)
    {
        byte[] tiles = new byte[Outputs / 16 * (inputs / 32) * ByteTile.Bytes];
        for (int tile = 0; tile < tiles.Length; tile += ByteTile.Bytes)
        {
            Span<byte> codes = tiles.AsSpan(tile, ByteTile.CodeBytes);
            random.NextBytes(codes);
            if (tile / ByteTile.Bytes < 2)
            {
                codes.Fill(tile == 0 ? (byte)0 : (byte)0xFF);
            }

            foreach (ref float number in MemoryMarshal.Cast<byte, float>(tiles.AsSpan(tile, ByteTile.Bytes)[ByteTile.CodeBytes..]))
            {
                number = (random.NextSingle() - 0.5f) / 100;
            }
        }

        return tiles;
    }
}
