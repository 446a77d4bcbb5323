namespace DlpLora.Runtime.Backends.BlockOperator;

/// <summary>
/// A matrix [outputs, inputs] of 4-bit codes, w = scale * code + minimum with a scale and a minimum for 32 inputs, as the exporter lays it out for
/// <see cref="BlockKernel512"/>: [outputs / 16, inputs / 32] tiles, so that one stream of memory has all that a product needs.
/// </summary>
/// <remarks>
/// A tile is 256 bytes of codes, 16 scales, 16 minima (singles), each for 16 outputs. Byte 64 v + 4 o + j of the codes has the codes of output o: in its low
/// nibble that of input 8 v + j, in its high one that of input 8 v + 4 + j.
/// </remarks>
internal readonly unsafe struct BlockWeights
{
    /// <summary>Inputs that share a scale and a minimum.</summary>
    public const int BlockSize = 32;

    /// <summary>Outputs of a tile.</summary>
    public const int TileOutputs = 16;

    /// <summary>Bytes of a tile's codes; its scales lie behind them.</summary>
    public const int CodeBytes = TileOutputs * BlockSize / 2;

    /// <summary>Where a tile's minima lie.</summary>
    public const int MinimaOffset = CodeBytes + (TileOutputs * sizeof(float));

    /// <summary>Bytes of a tile.</summary>
    public const int TileBytes = MinimaOffset + (TileOutputs * sizeof(float));

    /// <summary>[outputs / 16, inputs / 32, <see cref="TileBytes"/>]</summary>
    public required byte* Tiles { get; init; }

    public required int Inputs { get; init; }

    public required int Outputs { get; init; }

    public int Blocks => Inputs / BlockSize;
}
