using System.Runtime.Intrinsics;

namespace DlpLora.Runtime.Backends.BlockOperator;

/// <summary>How a processor multiplies 8-bit codes with 8-bit inputs, without rounding.</summary>
internal interface IByteDot
{
    /// <summary>What a block's sums begin with.</summary>
    /// <param name="offset">-128 times the sum of the block's input codes.</param>
    static abstract int Start(int offset);

    /// <summary>Adds the products of four inputs to the sum of each of eight outputs.</summary>
    /// <param name="sums">[8]</param>
    /// <param name="codes">[8, 4] codes, of which 128 is zero.</param>
    /// <param name="inputs">[8, 4] codes of the inputs, from -127 to 127: the same four for every output.</param>
    static abstract Vector256<int> Add(Vector256<int> sums, Vector256<byte> codes, Vector256<sbyte> inputs);
}
