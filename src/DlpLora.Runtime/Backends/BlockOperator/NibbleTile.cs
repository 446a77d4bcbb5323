namespace DlpLora.Runtime.Backends.BlockOperator;

/// <summary>
/// 16 outputs x 32 inputs of 4-bit codes, w = scale * code + minimum with a scale and a minimum for each output's 32 inputs: 256 bytes of codes, 16 scales,
/// 16 minima (singles).
/// </summary>
/// <remarks>
/// Byte 64 v + 4 o + j of the codes has those of output o: in its low nibble that of input 8 v + j, in its high one that of input 8 v + 4 + j.
/// </remarks>
internal static class NibbleTile
{
    /// <summary>Bytes of the codes; the scales lie behind them.</summary>
    public const int CodeBytes = BlockWeights.TileOutputs * BlockWeights.BlockSize / 2;

    /// <summary>Where the minima lie.</summary>
    public const int MinimaOffset = CodeBytes + (BlockWeights.TileOutputs * sizeof(float));

    public const int Bytes = MinimaOffset + (BlockWeights.TileOutputs * sizeof(float));
}
