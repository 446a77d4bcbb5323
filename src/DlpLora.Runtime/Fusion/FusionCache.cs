using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Models;

namespace DlpLora.Runtime.Fusion;

/// <summary>Keeps stacks for the next request, by content, within a budget of bytes; the least recently used leave first.</summary>
/// <remarks>Thread-safe. What a request holds is never taken from it.</remarks>
internal sealed class FusionCache(ModelManifest model, long budget)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<FusedStack>> _byKey = new(StringComparer.Ordinal);

    /// <summary>Most recently used first.</summary>
    private readonly LinkedList<FusedStack> _order = new();

    private long _bytes;

    /// <summary>Bytes of the stacks kept now.</summary>
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
        string key = FusedStack.KeyOf(adapters);
        lock (_lock)
        {
            if (TryTake(key) is { } kept)
            {
                return kept;
            }
        }

        // Two requests may stack the same adapters at the same time; the second one's copy is then dropped.
        FusedStack stack = FusedStack.Create(model, adapters);
        lock (_lock)
        {
            if (TryTake(key) is { } kept)
            {
                stack.Release();
                return kept;
            }

            if (stack.ByteLength <= budget && stack.TryAddOwner())
            {
                _byKey.Add(key, _order.AddFirst(stack));
                _bytes += stack.ByteLength;
                Trim();
            }

            return stack;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            foreach (FusedStack stack in _order)
            {
                stack.Release();
            }

            _order.Clear();
            _byKey.Clear();
            _bytes = 0;
        }
    }

    private FusedStack? TryTake(string key)
    {
        if (!_byKey.TryGetValue(key, out LinkedListNode<FusedStack>? node) || !node.Value.TryAddOwner())
        {
            return null;
        }

        _order.Remove(node);
        _order.AddFirst(node);
        return node.Value;
    }

    /// <summary>Drops what was not used for longest. A stack that a request holds gives up its place as well, and its memory when the request ends.</summary>
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
