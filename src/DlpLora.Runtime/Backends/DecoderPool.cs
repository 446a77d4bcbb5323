using DlpLora.Runtime.Models;
using Microsoft.ML.OnnxRuntime;

namespace DlpLora.Runtime.Backends;

/// <summary>
/// Lends decoders whose KV caches together stay within a budget. Returned ones are kept for the next request that they fit; idle ones
/// give way, the longest idle first.
/// </summary>
/// <remarks>Thread-safe. Who waits longest is served first, so that small requests do not starve a large one.</remarks>
internal sealed class DecoderPool(IDecoderBackend backend, long budget) : IDisposable
{
    private readonly object _lock = new();

    /// <summary>Longest idle first.</summary>
    private readonly List<IDecoder> _idle = [];

    /// <summary>The capacities asked for by those who wait, in the order in which they came.</summary>
    private readonly LinkedList<int> _line = new();

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

    /// <summary>How many wait for memory now.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _line.Count;
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

        IDecoder? idle = null;
        using CancellationTokenRegistration wake = cancellationToken.UnsafeRegister(static pool => ((DecoderPool)pool!).WakeAll(), this);
        lock (_lock)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_disposed, this);
            LinkedListNode<int> place = _line.AddLast(capacity);
            try
            {
                while (_line.First != place || !TryTake(capacity, bytes, out idle))
                {
                    Monitor.Wait(_lock);
                    cancellationToken.ThrowIfCancellationRequested();
                    ObjectDisposedException.ThrowIf(_disposed, this);
                }
            }
            finally
            {
                _line.Remove(place);
                Monitor.PulseAll(_lock);
            }
        }

        if (idle is not null)
        {
            return idle;
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
            keep = TryReset(decoder);
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

    /// <summary>Takes an idle decoder that fits (<paramref name="idle"/>), or else the memory for a new one.</summary>
    private bool TryTake(int capacity, long bytes, out IDecoder? idle)
    {
        idle = TakeIdle(capacity);
        if (idle is not null)
        {
            return true;
        }

        while (bytes > budget - _bytes && _idle.Count > 0)
        {
            Drop(_idle[0]);
        }

        if (bytes > budget - _bytes)
        {
            return false;
        }

        _bytes += bytes;
        return true;
    }

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
        _bytes -= Size(decoder.Capacity);
        decoder.Dispose();
    }
}
