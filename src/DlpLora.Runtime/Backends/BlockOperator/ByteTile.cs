namespace DlpLora.Runtime.Backends.BlockOperator;

/// <summary>
/// 16 outputs x 32 inputs of 8-bit codes, w = scale * (code - 128) with a scale for each output's 32 inputs: 512 bytes of codes, 16 scales (singles).
/// </summary>
/// <remarks>Byte 64 q + 4 o + j of the codes is that of output o and input 4 q + j.</remarks>
internal static class ByteTile
{
    /// <summary>The code of zero.</summary>
    public const int Middle = 128;

    /// <summary>Bytes of the codes; the scales lie behind them.</summary>
    public const int CodeBytes = BlockWeights.TileOutputs * BlockWeights.BlockSize;

    public const int Bytes = CodeBytes + (BlockWeights.TileOutputs * sizeof(float));
}
