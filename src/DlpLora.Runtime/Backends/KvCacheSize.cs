using DlpLora.Runtime.Models;

namespace DlpLora.Runtime.Backends;

/// <summary>How much memory the KV cache of a sequence takes, to be asked before a model is loaded.</summary>
public static class KvCacheSize
{
    /// <summary>The capacity of a KV cache grows in blocks of so many tokens.</summary>
    public const int BlockTokens = 128;

    /// <summary>Bytes of one token's keys and values in all layers, float32.</summary>
    /// <param name="model">The model's dimensions.</param>
    public static long BytesPerToken(ModelManifest model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return checked(2L * model.Layers * model.KeyValueHeads * model.HeadSize * sizeof(float));
    }

    /// <summary>The capacity in tokens that a sequence gets: whole blocks, never more than the context.</summary>
    /// <param name="model">The model's dimensions.</param>
    /// <param name="tokens">The sequence's length, prompt and answer together.</param>
    public static int Capacity(ModelManifest model, int tokens)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        long blocks = Math.Max(1, ((long)tokens + BlockTokens - 1) / BlockTokens);
        return (int)Math.Max(tokens, Math.Min(blocks * BlockTokens, model.ContextLength));
    }

    /// <summary>Bytes of the KV cache that a sequence gets.</summary>
    /// <param name="model">The model's dimensions.</param>
    /// <param name="tokens">The sequence's length, prompt and answer together.</param>
    public static long Bytes(ModelManifest model, int tokens) => checked(BytesPerToken(model) * Capacity(model, tokens));
}
