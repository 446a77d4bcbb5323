using DlpLora.Runtime.Models;

namespace DlpLora.Runtime.Backends;

/// <summary>
/// Lends decoders whose KV caches together stay within a budget. Returned ones are kept for the next request that they fit; idle ones
/// give way, the longest idle first.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class DecoderPool(IDecoderBackend backend, long budget) : IDisposable
{
    private readonly object _lock = new();

    /// <summary>Longest idle first.</summary>
    private readonly List<IDecoder> _idle = [];

    private readonly ModelManifest _model = backend.Model;
    private long _bytes;
    private bool _disposed;

    /// <summary>Bytes of all KV caches, lent and idle.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Lends an empty decoder with room for a sequence. Blocks while other requests hold the memory.</summary>
    /// <exception cref="KvBudgetException">The sequence alone takes more than the budget.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled while waiting.</exception>
    public IDecoder Take(int tokens, CancellationToken cancellationToken)
    {
        int capacity = KvCacheSize.Capacity(_model, tokens);
        long bytes = Size(capacity);
        if (bytes > budget)
        {
            throw new KvBudgetException(tokens, bytes, budget);
        }

        using CancellationTokenRegistration wake = cancellationToken.UnsafeRegister(static pool => ((DecoderPool)pool!).WakeAll(), this);
        lock (_lock)
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ObjectDisposedException.ThrowIf(_disposed, this);
                if (TakeIdle(capacity) is { } idle)
                {
                    return idle;
                }

                while (_bytes + bytes > budget && _idle.Count > 0)
                {
                    Drop(_idle[0]);
                }

                if (_bytes + bytes <= budget)
                {
                    _bytes += bytes;
                    break;
                }

                Monitor.Wait(_lock);
            }
        }

        try
        {
            return backend.CreateDecoder(capacity);
        }
        catch
        {
            lock (_lock)
            {
                _bytes -= bytes;
                Monitor.PulseAll(_lock);
            }

            throw;
        }
    }

    /// <summary>Takes a decoder back.</summary>
    /// <param name="decoder">The decoder; nobody uses it any more.</param>
    /// <param name="keep">False when its last run failed, so that its state is not known.</param>
    public void Return(IDecoder decoder, bool keep)
    {
        if (keep)
        {
            decoder.Reset();
        }

        lock (_lock)
        {
            _idle.Add(decoder);
            if (!keep || _disposed)
            {
                Drop(decoder);
            }

            Monitor.PulseAll(_lock);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            while (_idle.Count > 0)
            {
                Drop(_idle[0]);
            }

            Monitor.PulseAll(_lock);
        }
    }

    private long Size(int capacity) => checked(KvCacheSize.BytesPerToken(_model) * capacity);

    private void WakeAll()
    {
        lock (_lock)
        {
            Monitor.PulseAll(_lock);
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
        _bytes -= Size(decoder.Capacity);
        decoder.Dispose();
    }
}
