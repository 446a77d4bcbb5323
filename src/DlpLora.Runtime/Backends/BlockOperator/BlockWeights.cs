namespace DlpLora.Runtime.Backends.BlockOperator;

/// <summary>
/// A matrix [outputs, inputs] of 4-bit or 8-bit codes as the exporter lays it out: [outputs / 16, inputs / 32] tiles (<see cref="NibbleTile"/>,
/// <see cref="ByteTile"/>), so that one stream of memory has all that a product needs.
/// </summary>
internal readonly unsafe struct BlockWeights
{
    /// <summary>Inputs that share a scale.</summary>
    public const int BlockSize = 32;

    /// <summary>Outputs of a tile.</summary>
    public const int TileOutputs = 16;

    /// <summary>[outputs / 16, inputs / 32, <see cref="TileBytes"/>]</summary>
    public required byte* Tiles { get; init; }

    /// <summary><see cref="NibbleTile.Bytes"/> or <see cref="ByteTile.Bytes"/>.</summary>
    public required int TileBytes { get; init; }

    public required int Inputs { get; init; }

    public required int Outputs { get; init; }

    /// <summary>Whether a code has 8 bits.</summary>
    public bool HasBytes => TileBytes == ByteTile.Bytes;

    public int Blocks => Inputs / BlockSize;
}
