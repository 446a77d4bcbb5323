using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Models;

namespace DlpLora.Runtime.Fusion;

/// <summary>Keeps stacks and compressed mixtures for the next request, by content, within a budget of bytes; the least recently used leave first.</summary>
/// <remarks>Thread-safe. What a request holds is never taken from it.</remarks>
internal sealed class FusionCache(ModelManifest model, long budget)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<CachedWeights>> _byKey = new(StringComparer.Ordinal);

    /// <summary>Most recently used first.</summary>
    private readonly LinkedList<CachedWeights> _order = new();

    private long _bytes;

    /// <summary>Bytes of what is kept now.</summary>
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

    /// <summary>The stack of these adapters, in this order, with one owner added; the caller releases it.</summary>
    public FusedStack Acquire(ReadOnlySpan<AdapterWeights> adapters)
    {
        // Two requests may stack the same adapters at the same time; the second one's copy is then dropped.
        return TryAcquire<FusedStack>(FusedStack.KeyOf(adapters)) ?? Keep(FusedStack.Create(model, adapters));
    }

    /// <summary>What is kept under a key, with one owner added, or null.</summary>
    public T? TryAcquire<T>(string key)
        where T : CachedWeights
    {
        lock (_lock)
        {
            return (T?)TryTake(key);
        }
    }

    /// <summary>Keeps new weights, unless the same were kept meanwhile. Returns those that are kept, with the caller as an owner.</summary>
    public T Keep<T>(T created)
        where T : CachedWeights
    {
        lock (_lock)
        {
            if (TryTake(created.Key) is { } kept)
            {
                created.Release();
                return (T)kept;
            }

            if (created.ByteLength <= budget && created.TryAddOwner())
            {
                _byKey.Add(created.Key, _order.AddFirst(created));
                _bytes += created.ByteLength;
                Trim();
            }

            return created;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            foreach (CachedWeights weights in _order)
            {
                weights.Release();
            }

            _order.Clear();
            _byKey.Clear();
            _bytes = 0;
        }
    }

    private CachedWeights? TryTake(string key)
    {
        if (!_byKey.TryGetValue(key, out LinkedListNode<CachedWeights>? node) || !node.Value.TryAddOwner())
        {
            return null;
        }

        _order.Remove(node);
        _order.AddFirst(node);
        return node.Value;
    }

    /// <summary>Drops what was not used for longest. What a request holds gives up its place as well, and its memory when the request ends.</summary>
    private void Trim()
    {
        while (_bytes > budget && _order.Last is { } oldest && oldest != _order.First)
        {
            _order.RemoveLast();
            _byKey.Remove(oldest.Value.Key);
            _bytes -= oldest.Value.ByteLength;
            oldest.Value.Release();
        }
    }
}
