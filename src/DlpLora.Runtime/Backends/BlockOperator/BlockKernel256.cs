using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DlpLora.Runtime.Backends.CustomOperators;

namespace DlpLora.Runtime.Backends.BlockOperator;

/// <summary>As <see cref="BlockKernel512"/> for processors with AVX2 alone: eight outputs at a time, and at most four tokens.</summary>
internal static unsafe class BlockKernel256
{
    private const int Half = BlockWeights.TileOutputs / 2;

    /// <summary>From the tile that is read to the one that is fetched, in the first half's pass.</summary>
    private const int BytesAhead = 8 * NibbleTile.Bytes;

    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    /// <param name="tiles">The tiles of 16 outputs, one a block.</param>
    /// <param name="x">The blocks of a group of <paramref name="width"/> tokens.</param>
    /// <param name="width">1, 4 or 8.</param>
    /// <param name="blocks">How many blocks.</param>
    /// <param name="sums">[width, 16], the products.</param>
    public static void Run(byte* tiles, byte* x, int width, int blocks, float* sums)
    {
        for (int half = 0; half < BlockWeights.TileOutputs; half += Half)
        {
            if (width == 1)
            {
                One(tiles, half, x, blocks, sums + half);
            }

            for (int token = 0; token + 4 <= width; token += 4)
            {
                Four(tiles, half, x + (token * sizeof(int)), width, blocks, sums + (token * BlockWeights.TileOutputs) + half);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(byte* tile, int half, byte* x, int width, int blocks, float* sums)
    {
        int row = width * sizeof(int);
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default;
        for (; blocks > 0; blocks--, tile += NibbleTile.Bytes)
        {
            CacheLines.Fetch(tile + BytesAhead, half == 0 ? NibbleTile.Bytes : 0);
            Vector256<short> w0 = default, w1 = default, w2 = default, w3 = default;
            byte* codes = tile + (half * sizeof(int));
            for (int i = 0; i < 4; i++, codes += 2 * Vector256<byte>.Count, x += 2 * row)
            {
                Unpack(codes, out Vector256<byte> low, out Vector256<byte> high);
                w0 = Add(Add(w0, low, x), high, x + row);
                w1 = Add(Add(w1, low, x + 4), high, x + row + 4);
                w2 = Add(Add(w2, low, x + 8), high, x + row + 8);
                w3 = Add(Add(w3, low, x + 12), high, x + row + 12);
            }

            Scales(tile, half, out Vector256<float> scale, out Vector256<float> minimum);
            a0 = Scale(a0, w0, scale, minimum, (float*)x, width);
            a1 = Scale(a1, w1, scale, minimum, (float*)x + 1, width);
            a2 = Scale(a2, w2, scale, minimum, (float*)x + 2, width);
            a3 = Scale(a3, w3, scale, minimum, (float*)x + 3, width);
            x += 2 * row;
        }

        a0.Store(sums);
        a1.Store(sums + BlockWeights.TileOutputs);
        a2.Store(sums + (2 * BlockWeights.TileOutputs));
        a3.Store(sums + (3 * BlockWeights.TileOutputs));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(byte* tile, int half, byte* x, int blocks, float* sums)
    {
        Vector256<float> sum = default;
        for (; blocks > 0; blocks--, tile += NibbleTile.Bytes, x += 10 * sizeof(int))
        {
            CacheLines.Fetch(tile + BytesAhead, half == 0 ? NibbleTile.Bytes : 0);
            Vector256<short> words = default;
            for (int i = 0; i < 4; i++)
            {
                Unpack(tile + (half * sizeof(int)) + (2 * i * Vector256<byte>.Count), out Vector256<byte> low, out Vector256<byte> high);
                words = Add(Add(words, low, x + (2 * i * sizeof(int))), high, x + (((2 * i) + 1) * sizeof(int)));
            }

            Scales(tile, half, out Vector256<float> scale, out Vector256<float> minimum);
            sum = Scale(sum, words, scale, minimum, (float*)x + 8, 1);
        }

        sum.Store(sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Unpack(byte* codes, out Vector256<byte> low, out Vector256<byte> high)
    {
        Vector256<byte> packed = Vector256.Load(codes);
        Vector256<byte> nibble = Vector256.Create((byte)15);
        low = packed & nibble;
        high = (packed.AsUInt16() >>> 4).AsByte() & nibble;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scales(byte* tile, int half, out Vector256<float> scale, out Vector256<float> minimum)
    {
        scale = Vector256.Load((float*)(tile + NibbleTile.CodeBytes) + half);
        minimum = Vector256.Load((float*)(tile + NibbleTile.MinimaOffset) + half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Add(Vector256<short> words, Vector256<byte> codes, byte* quadruple) =>
        words + Avx2.MultiplyAddAdjacent(codes, Vector256.Create(*(int*)quadruple).AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Scale(Vector256<float> sum, Vector256<short> words, Vector256<float> scale, Vector256<float> minimum, float* token, int width)
    {
        Vector256<float> products = Avx.ConvertToVector256Single(Avx2.MultiplyAddAdjacent(words, Vector256<short>.One));
        sum = Fma.MultiplyAdd(products, scale * Vector256.Create(token[0]), sum);
        return Fma.MultiplyAdd(minimum, Vector256.Create(token[width]), sum);
    }
}
