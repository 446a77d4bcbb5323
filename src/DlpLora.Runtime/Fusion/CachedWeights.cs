using DlpLora.Runtime.Native;

namespace DlpLora.Runtime.Fusion;

/// <summary>Weights made for mixtures, which <see cref="FusionCache"/> keeps by their content.</summary>
internal abstract class CachedWeights : RefCounted
{
    /// <summary>The content's identity.</summary>
    public abstract string Key { get; }

    public abstract long ByteLength { get; }
}
