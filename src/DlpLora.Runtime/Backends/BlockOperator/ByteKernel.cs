using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DlpLora.Runtime.Backends.CustomOperators;

namespace DlpLora.Runtime.Backends.BlockOperator;

/// <summary>The products of one <see cref="ByteTile"/> of outputs with one group of tokens, in two vectors of eight outputs.</summary>
/// <typeparam name="TDot">The processor's way to multiply.</typeparam>
internal static unsafe class ByteKernel<TDot>
    where TDot : IByteDot
{
    private const int Quadruple = sizeof(int);
    private const int QuadrupleBytes = BlockWeights.TileOutputs * Quadruple;
    private const int Half = BlockWeights.TileOutputs / 2;

    /// <summary>From the tile that is read to the one that is fetched: 2.8 KiB.</summary>
    private const int BytesAhead = 5 * ByteTile.Bytes;

    /// <param name="tiles">The tiles of 16 outputs, one a block.</param>
    /// <param name="x">The blocks of a group of <paramref name="width"/> tokens, with the offsets of their codes.</param>
    /// <param name="width">1, 4 or 8.</param>
    /// <param name="blocks">How many blocks.</param>
    /// <param name="sums">[width, 16], the products.</param>
    public static void Run(byte* tiles, byte* x, int width, int blocks, float* sums)
    {
        if (width == 1)
        {
            One(tiles, x, blocks, sums);
        }

        for (int token = 0; token + 4 <= width; token += 4)
        {
            Four(tiles, x + (token * Quadruple), width, blocks, sums + (token * BlockWeights.TileOutputs));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(byte* tile, byte* x, int width, int blocks, float* sums)
    {
        int row = width * Quadruple;
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        for (; blocks > 0; blocks--, tile += ByteTile.Bytes, x += 2 * row)
        {
            CacheLines.Fetch(tile + BytesAhead, ByteTile.Bytes);
            int* offsets = (int*)(x + (9 * row));
            Vector256<int> v0 = Vector256.Create(TDot.Start(offsets[0])), v1 = Vector256.Create(TDot.Start(offsets[1]));
            Vector256<int> v2 = Vector256.Create(TDot.Start(offsets[2])), v3 = Vector256.Create(TDot.Start(offsets[3]));
            Vector256<int> w0 = v0, w1 = v1, w2 = v2, w3 = v3;
            for (byte* codes = tile; codes < tile + ByteTile.CodeBytes; codes += QuadrupleBytes, x += row)
            {
                Vector256<byte> first = Vector256.Load(codes), second = Vector256.Load(codes + Vector256<byte>.Count);
                Add(ref v0, ref w0, first, second, x);
                Add(ref v1, ref w1, first, second, x + Quadruple);
                Add(ref v2, ref w2, first, second, x + (2 * Quadruple));
                Add(ref v3, ref w3, first, second, x + (3 * Quadruple));
            }

            float* scales = (float*)x;
            Vector256<float> scale = Vector256.Load((float*)(tile + ByteTile.CodeBytes));
            a0 = Scale(a0, v0, scale, scales);
            a1 = Scale(a1, v1, scale, scales + 1);
            a2 = Scale(a2, v2, scale, scales + 2);
            a3 = Scale(a3, v3, scale, scales + 3);
            scale = Vector256.Load((float*)(tile + ByteTile.CodeBytes) + Half);
            b0 = Scale(b0, w0, scale, scales);
            b1 = Scale(b1, w1, scale, scales + 1);
            b2 = Scale(b2, w2, scale, scales + 2);
            b3 = Scale(b3, w3, scale, scales + 3);
        }

        a0.Store(sums);
        b0.Store(sums + Half);
        a1.Store(sums + (2 * Half));
        b1.Store(sums + (3 * Half));
        a2.Store(sums + (4 * Half));
        b2.Store(sums + (5 * Half));
        a3.Store(sums + (6 * Half));
        b3.Store(sums + (7 * Half));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(byte* tile, byte* x, int blocks, float* sums)
    {
        Vector256<float> a = default, b = default;
        for (; blocks > 0; blocks--, tile += ByteTile.Bytes, x += 2 * Quadruple)
        {
            CacheLines.Fetch(tile + BytesAhead, ByteTile.Bytes);
            Vector256<int> v0 = Vector256.Create(TDot.Start(*(int*)(x + (9 * Quadruple)))), w0 = v0, v1 = default, w1 = default;
            for (byte* codes = tile; codes < tile + ByteTile.CodeBytes; codes += 2 * QuadrupleBytes, x += 2 * Quadruple)
            {
                Add(ref v0, ref w0, Vector256.Load(codes), Vector256.Load(codes + 32), x);
                Add(ref v1, ref w1, Vector256.Load(codes + 64), Vector256.Load(codes + 96), x + Quadruple);
            }

            float* scales = (float*)(tile + ByteTile.CodeBytes);
            a = Scale(a, v0 + v1, Vector256.Load(scales), (float*)x);
            b = Scale(b, w0 + w1, Vector256.Load(scales + Half), (float*)x);
        }

        a.Store(sums);
        b.Store(sums + Half);
    }

    /// <summary>Adds the products of one token's four inputs with the codes of 16 outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref Vector256<int> v, ref Vector256<int> w, Vector256<byte> first, Vector256<byte> second, byte* quadruple)
    {
        Vector256<sbyte> inputs = Vector256.Create(*(int*)quadruple).AsSByte();
        v = TDot.Add(v, first, inputs);
        w = TDot.Add(w, second, inputs);
    }

    /// <summary>Adds a block's products, scaled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Scale(Vector256<float> sum, Vector256<int> products, Vector256<float> scale, float* token) =>
        Fma.MultiplyAdd(Avx.ConvertToVector256Single(products), scale * Vector256.Create(*token), sum);
}
