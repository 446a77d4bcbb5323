using DlpLora.Runtime.Models;
using Microsoft.ML.OnnxRuntime;

namespace DlpLora.Runtime.Backends;

/// <summary>
/// Lends decoders whose KV caches together stay within a budget. Returned ones are kept for the next request that they fit; idle ones
/// give way, the longest idle first.
/// </summary>
/// <remarks>Not thread-safe: the engine's thread uses it.</remarks>
internal sealed class DecoderPool(IDecoderBackend backend, long budget) : IDisposable
{
    /// <summary>Longest idle first.</summary>
    private readonly List<IDecoder> _idle = [];

    private readonly ModelManifest _model = backend.Model;

    /// <summary>Bytes of all KV caches, lent and idle.</summary>
    public long Bytes { get; private set; }

    /// <summary>Lends an empty decoder with room for a sequence, or null while others hold the memory.</summary>
    /// <exception cref="KvBudgetException">The sequence alone takes more than the budget.</exception>
    public IDecoder? TryTake(int tokens)
    {
        int capacity = KvCacheSize.Capacity(_model, tokens);
        long bytes = Size(capacity);
        if (bytes > budget)
        {
            throw new KvBudgetException(tokens, bytes, budget);
        }

        if (TakeIdle(capacity) is { } idle)
        {
            return idle;
        }

        while (bytes > budget - Bytes && _idle.Count > 0)
        {
            Drop(_idle[0]);
        }

        if (bytes > budget - Bytes)
        {
            return null;
        }

        IDecoder decoder = backend.CreateDecoder(capacity);
        Bytes += bytes;
        return decoder;
    }

    /// <summary>Takes a decoder back.</summary>
    /// <param name="decoder">The decoder; nobody uses it any more.</param>
    /// <param name="keep">False when its last run failed, so that its state is not known.</param>
    public void Return(IDecoder decoder, bool keep)
    {
        _idle.Add(decoder);
        if (!keep || !TryReset(decoder))
        {
            Drop(decoder);
        }
    }

    public void Dispose()
    {
        while (_idle.Count > 0)
        {
            Drop(_idle[0]);
        }
    }

    private long Size(int capacity) => checked(KvCacheSize.BytesPerToken(_model) * capacity);

    /// <summary>A decoder that cannot be emptied is thrown away: its request has its answer.</summary>
    private static bool TryReset(IDecoder decoder)
    {
        try
        {
            decoder.Reset();
            return true;
        }
        catch (Exception error) when (error is OnnxRuntimeException or OutOfMemoryException)
        {
            return false;
        }
    }

    /// <summary>The smallest idle decoder that fits, unless it is more than twice as large as needed.</summary>
    private IDecoder? TakeIdle(int capacity)
    {
        IDecoder? best = null;
        foreach (IDecoder decoder in _idle)
        {
            if (decoder.Capacity >= capacity && decoder.Capacity <= 2L * capacity && (best is null || decoder.Capacity < best.Capacity))
            {
                best = decoder;
            }
        }

        if (best is not null)
        {
            _idle.Remove(best);
        }

        return best;
    }

    private void Drop(IDecoder decoder)
    {
        _idle.Remove(decoder);
        Bytes -= Size(decoder.Capacity);
        decoder.Dispose();
    }
}
