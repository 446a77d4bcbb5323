using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DlpLora.Runtime.Backends.BlockOperator;

/// <summary>The products of one tile of outputs with one group of tokens, in vectors of 16 outputs: every code is taken apart once for all tokens.</summary>
internal static unsafe class BlockKernel512
{
    private const int Quadruple = sizeof(int);

    /// <summary>
    /// Tiles between the one that is read and the one that is fetched. The processor's own prefetching ends with a page of 4 KiB, which is what mapped weights lie in: 3 KiB
    /// ahead the next page's address is looked up in time.
    /// </summary>
    private const int TilesAhead = 8;

    public static bool IsSupported => Avx512BW.IsSupported;

    /// <param name="tiles">The tiles of 16 outputs, one a block.</param>
    /// <param name="x">The blocks of a group of <paramref name="width"/> tokens.</param>
    /// <param name="width">1, 4 or 8.</param>
    /// <param name="blocks">How many blocks.</param>
    /// <param name="sums">[width, 16], the products.</param>
    public static void Run(byte* tiles, byte* x, int width, int blocks, float* sums)
    {
        switch (width)
        {
            case 8:
                Eight(tiles, x, blocks, sums);
                break;
            case 4:
                Four(tiles, x, blocks, sums);
                break;
            default:
                One(tiles, x, blocks, sums);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight(byte* tile, byte* x, int blocks, float* sums)
    {
        const int Width = 8;
        const int Row = Width * Quadruple;
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
        for (; blocks > 0; blocks--, tile += NibbleTile.Bytes, x += 10 * Row)
        {
            Prefetch(tile);
            Vector512<short> w0 = default, w1 = default, w2 = default, w3 = default, w4 = default, w5 = default, w6 = default, w7 = default;
            byte* inputs = x;
            for (byte* codes = tile; codes < tile + NibbleTile.CodeBytes; codes += Vector512<byte>.Count, inputs += 2 * Row)
            {
                Unpack(codes, out Vector512<byte> low, out Vector512<byte> high);
                w0 = Add(Add(w0, low, inputs), high, inputs + Row);
                w1 = Add(Add(w1, low, inputs + Quadruple), high, inputs + Row + Quadruple);
                w2 = Add(Add(w2, low, inputs + (2 * Quadruple)), high, inputs + Row + (2 * Quadruple));
                w3 = Add(Add(w3, low, inputs + (3 * Quadruple)), high, inputs + Row + (3 * Quadruple));
                w4 = Add(Add(w4, low, inputs + (4 * Quadruple)), high, inputs + Row + (4 * Quadruple));
                w5 = Add(Add(w5, low, inputs + (5 * Quadruple)), high, inputs + Row + (5 * Quadruple));
                w6 = Add(Add(w6, low, inputs + (6 * Quadruple)), high, inputs + Row + (6 * Quadruple));
                w7 = Add(Add(w7, low, inputs + (7 * Quadruple)), high, inputs + Row + (7 * Quadruple));
            }

            float* scales = (float*)(x + (8 * Row));
            Vector512<float> scale = Vector512.Load((float*)(tile + NibbleTile.CodeBytes));
            Vector512<float> minimum = Vector512.Load((float*)(tile + NibbleTile.MinimaOffset));
            a0 = Scale(a0, w0, scale, minimum, scales, Width);
            a1 = Scale(a1, w1, scale, minimum, scales + 1, Width);
            a2 = Scale(a2, w2, scale, minimum, scales + 2, Width);
            a3 = Scale(a3, w3, scale, minimum, scales + 3, Width);
            a4 = Scale(a4, w4, scale, minimum, scales + 4, Width);
            a5 = Scale(a5, w5, scale, minimum, scales + 5, Width);
            a6 = Scale(a6, w6, scale, minimum, scales + 6, Width);
            a7 = Scale(a7, w7, scale, minimum, scales + 7, Width);
        }

        a0.Store(sums);
        a1.Store(sums + 16);
        a2.Store(sums + 32);
        a3.Store(sums + 48);
        a4.Store(sums + 64);
        a5.Store(sums + 80);
        a6.Store(sums + 96);
        a7.Store(sums + 112);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(byte* tile, byte* x, int blocks, float* sums)
    {
        const int Width = 4;
        const int Row = Width * Quadruple;
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default;
        for (; blocks > 0; blocks--, tile += NibbleTile.Bytes, x += 10 * Row)
        {
            Prefetch(tile);
            Vector512<short> w0 = default, w1 = default, w2 = default, w3 = default;
            byte* inputs = x;
            for (byte* codes = tile; codes < tile + NibbleTile.CodeBytes; codes += Vector512<byte>.Count, inputs += 2 * Row)
            {
                Unpack(codes, out Vector512<byte> low, out Vector512<byte> high);
                w0 = Add(Add(w0, low, inputs), high, inputs + Row);
                w1 = Add(Add(w1, low, inputs + Quadruple), high, inputs + Row + Quadruple);
                w2 = Add(Add(w2, low, inputs + (2 * Quadruple)), high, inputs + Row + (2 * Quadruple));
                w3 = Add(Add(w3, low, inputs + (3 * Quadruple)), high, inputs + Row + (3 * Quadruple));
            }

            float* scales = (float*)(x + (8 * Row));
            Vector512<float> scale = Vector512.Load((float*)(tile + NibbleTile.CodeBytes));
            Vector512<float> minimum = Vector512.Load((float*)(tile + NibbleTile.MinimaOffset));
            a0 = Scale(a0, w0, scale, minimum, scales, Width);
            a1 = Scale(a1, w1, scale, minimum, scales + 1, Width);
            a2 = Scale(a2, w2, scale, minimum, scales + 2, Width);
            a3 = Scale(a3, w3, scale, minimum, scales + 3, Width);
        }

        a0.Store(sums);
        a1.Store(sums + 16);
        a2.Store(sums + 32);
        a3.Store(sums + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(byte* tile, byte* x, int blocks, float* sums)
    {
        const int Row = Quadruple;
        Vector512<float> sum = default;
        for (; blocks > 0; blocks--, tile += NibbleTile.Bytes, x += 10 * Row)
        {
            Prefetch(tile);
            Unpack(tile, out Vector512<byte> low0, out Vector512<byte> high0);
            Unpack(tile + 64, out Vector512<byte> low1, out Vector512<byte> high1);
            Unpack(tile + 128, out Vector512<byte> low2, out Vector512<byte> high2);
            Unpack(tile + 192, out Vector512<byte> low3, out Vector512<byte> high3);
            Vector512<short> even = Add(Add(Add(Add(default, low0, x), low1, x + (2 * Row)), low2, x + (4 * Row)), low3, x + (6 * Row));
            Vector512<short> odd = Add(Add(Add(Add(default, high0, x + Row), high1, x + (3 * Row)), high2, x + (5 * Row)), high3, x + (7 * Row));
            sum = Scale(
                sum,
                even + odd,
                Vector512.Load((float*)(tile + NibbleTile.CodeBytes)),
                Vector512.Load((float*)(tile + NibbleTile.MinimaOffset)),
                (float*)(x + (8 * Row)),
                1);
        }

        sum.Store(sums);
    }

    /// <summary>Fetches a later tile of the stream. It may lie behind the last one, since fetching reads nothing and cannot fault.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* tile)
    {
        byte* ahead = tile + (TilesAhead * NibbleTile.Bytes);
        Sse.Prefetch0(ahead);
        Sse.Prefetch0(ahead + 64);
        Sse.Prefetch0(ahead + 128);
        Sse.Prefetch0(ahead + 192);
        Sse.Prefetch0(ahead + 256);
        Sse.Prefetch0(ahead + 320);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Unpack(byte* codes, out Vector512<byte> low, out Vector512<byte> high)
    {
        Vector512<byte> packed = Vector512.Load(codes);
        Vector512<byte> nibble = Vector512.Create((byte)15);
        low = packed & nibble;
        high = (packed.AsUInt16() >>> 4).AsByte() & nibble;
    }

    /// <summary>Adds the products of four inputs to each output's two words, which hold 16 of them at most: 16 * 15 * 127 fits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Add(Vector512<short> words, Vector512<byte> codes, byte* quadruple) =>
        words + Avx512BW.MultiplyAddAdjacent(codes, Vector512.Create(*(int*)quadruple).AsSByte());

    /// <summary>Adds a block's products, scaled, and its minima times the sum of its codes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Scale(Vector512<float> sum, Vector512<short> words, Vector512<float> scale, Vector512<float> minimum, float* token, int width)
    {
        Vector512<float> products = Avx512F.ConvertToVector512Single(Avx512BW.MultiplyAddAdjacent(words, Vector512<short>.One));
        sum = Vector512.FusedMultiplyAdd(products, scale * Vector512.Create(token[0]), sum);
        return Vector512.FusedMultiplyAdd(minimum, Vector512.Create(token[width]), sum);
    }
}
