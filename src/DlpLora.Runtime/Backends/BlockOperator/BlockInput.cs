using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DlpLora.Runtime.Backends.Lanes;

namespace DlpLora.Runtime.Backends.BlockOperator;

/// <summary>
/// The inputs of a product, each 32 as 8-bit codes with a scale of their own, and the sum of what the codes say. Tokens stand side by side in groups of <see cref="Width"/>, the
/// last of them with zeros for tokens that are not there, so that all of a group is read in one stream.
/// </summary>
/// <remarks>
/// A block of a group: [8, width] quadruples of codes, [width] scales (singles), [width] sums. For 4-bit weights these are singles, of the codes and not of the inputs,
/// since they meet a block's minimum: together they are a product with the very weights, in which a code's rounding counts as much as its weight. With the inputs'
/// own sum it would count as much as the weight's distance from the minimum, which is larger. For 8-bit weights they are integers, -128 times the codes' sum, which
/// take off what each code of a weight has too much.
/// </remarks>
internal readonly unsafe struct BlockInput
{
    private const int Quadruples = BlockWeights.BlockSize / 4;
    private const float Largest = 127;

    private readonly byte* _memory;
    private readonly int _tokens;
    private readonly int _inputs;
    private readonly bool _forBytes;

    /// <param name="memory">At least <see cref="Bytes"/>.</param>
    /// <param name="tokens">How many tokens.</param>
    /// <param name="inputs">Numbers of each.</param>
    /// <param name="forBytes">Whether they meet <see cref="ByteTile"/>s.</param>
    public BlockInput(void* memory, int tokens, int inputs, bool forBytes)
    {
        _forBytes = forBytes;
        _memory = (byte*)memory;
        _tokens = tokens;
        _inputs = inputs;
        Width = tokens > 4 ? 8 : tokens > 1 ? 4 : 1;
    }

    /// <summary>Tokens of a group: 1, 4 or 8.</summary>
    public int Width { get; }

    public int Groups => (_tokens + Width - 1) / Width;

    /// <summary>Bytes of a block of a group: codes, scales, sums.</summary>
    public int BlockBytes => Width * (BlockWeights.BlockSize + (2 * sizeof(float)));

    private long GroupBytes => (long)_inputs / BlockWeights.BlockSize * BlockBytes;

    public static long Bytes(int tokens, int inputs)
    {
        BlockInput layout = new(null, tokens, inputs, forBytes: false);
        return layout.Groups * layout.GroupBytes;
    }

    /// <summary>The blocks of a group.</summary>
    public byte* Group(int group) => _memory + (group * GroupBytes);

    /// <summary>Encodes the tokens of a group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="x">[tokens, inputs].</param>
    public void Encode(int group, float* x)
    {
        byte* target = Group(group);
        int first = group * Width;
        int count = Math.Min(Width, _tokens - first);
        if (count < Width)
        {
            new Span<byte>(target, (int)GroupBytes).Clear();
        }

        for (int i = 0; i < count; i++)
        {
            Encode(target + (i * sizeof(int)), x + ((long)(first + i) * _inputs));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Encode(byte* target, float* x)
    {
        int stride = Width * sizeof(int);
        for (int input = 0; input < _inputs; input += BlockWeights.BlockSize, x += BlockWeights.BlockSize, target += BlockBytes)
        {
            Vector256<float> v0 = Vector256.Load(x), v1 = Vector256.Load(x + 8), v2 = Vector256.Load(x + 16), v3 = Vector256.Load(x + 24);
            float largest = Lanes256.Highest(Avx.Max(
                Avx.Max(Vector256.Abs(v0), Vector256.Abs(v1)), Avx.Max(Vector256.Abs(v2), Vector256.Abs(v3))));
            Vector256<float> inverse = Vector256.Create(largest > 0 ? Largest / largest : 0);
            Vector256<short> low = Avx2.PackSignedSaturate(Avx.ConvertToVector256Int32(v0 * inverse), Avx.ConvertToVector256Int32(v1 * inverse));
            Vector256<short> high = Avx2.PackSignedSaturate(Avx.ConvertToVector256Int32(v2 * inverse), Avx.ConvertToVector256Int32(v3 * inverse));

            // Packing works in halves of 128 bits: quadruples 0, 2, 4, 6, 1, 3, 5, 7.
            Vector256<int> codes = Avx2.PackSignedSaturate(low, high).AsInt32();
            for (int i = 0; i < Quadruples / 2; i++)
            {
                *(int*)(target + (2 * i * stride)) = codes.GetElement(i);
                *(int*)(target + (((2 * i) + 1) * stride)) = codes.GetElement(i + 4);
            }

            float scale = largest / Largest;
            int codeSum = Sum(codes.AsSByte());
            *(float*)(target + (Quadruples * stride)) = scale;
            byte* sum = target + ((Quadruples + 1) * stride);
            if (_forBytes)
            {
                *(int*)sum = -ByteTile.Middle * codeSum;
            }
            else
            {
                *(float*)sum = scale * codeSum;
            }
        }
    }

    private static int Sum(Vector256<sbyte> codes) =>
        Vector256.Sum(Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(Vector256<byte>.One, codes), Vector256<short>.One));
}
