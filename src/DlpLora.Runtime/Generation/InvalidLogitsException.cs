namespace DlpLora.Runtime.Generation;

/// <summary>The model's logits hold a NaN or plus infinity, so no token can be picked. Base weights or an adapter's are damaged.</summary>
public sealed class InvalidLogitsException : DlpLoraException
{
    /// <summary>Creates the error.</summary>
    /// <param name="position">The position in the sequence whose logits are damaged, from 0.</param>
    /// <param name="mixture">The mixture that computed them.</param>
    public InvalidLogitsException(int position, string mixture)
        : base($"the logits at position {position} (mixture: {mixture}) hold NaN or infinity; expected finite numbers: the base's or an adapter's weights are damaged") =>
        Position = position;

    /// <summary>The position in the sequence whose logits are damaged, from 0.</summary>
    public int Position { get; }
}
