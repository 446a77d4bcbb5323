using DlpLora.Runtime.Adapters;

namespace DlpLora.Runtime.Fusion.Compression;

/// <summary>A mixture as one adapter of lower rank, with the mixture's weights in it. Owns the adapter's weights.</summary>
internal sealed class CompressedMixture(AdapterWeights weights, MixtureCompression report) : CachedWeights
{
    public override string Key { get; } = KeyOf(weights.Digest);

    public override long ByteLength => weights.ByteLength;

    public AdapterWeights Weights => weights;

    public MixtureCompression Report => report;

    /// <summary>The mixture of this adapter alone, under the name of its digest, whose colon no adapter's name has.</summary>
    public Mixture StandIn { get; } = Mixture.Of(weights.Digest);

    /// <summary>What it is kept as; the stack of it alone is kept under the digest itself.</summary>
    public static string KeyOf(string digest) => "mixture " + digest;

    protected override void Free() => weights.Release();
}
