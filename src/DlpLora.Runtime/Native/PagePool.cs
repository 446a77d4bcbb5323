using System.Numerics;

namespace DlpLora.Runtime.Native;

/// <summary>
/// Freed blocks of pages, kept for the next of their size within a budget of bytes; the oldest leave first. Touching fresh pages for the first time takes
/// longer than writing them, which counts where a block is made for every switch of the mixture.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed unsafe class PagePool(long budget)
{
    private readonly Lock _lock = new();

    /// <summary>The oldest first.</summary>
    private readonly List<(nint Address, nuint Bytes)> _kept = [];

    private long _bytes;

    /// <summary>The process's pool, for weights: it holds what a switch of three adapters needs, twice. More would be memory that nobody uses most of the time.</summary>
    public static PagePool Shared { get; } = new(8L << 20);

    /// <summary>Bytes of the blocks kept now.</summary>
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

    /// <summary>The size of the block that so many bytes get: at most an eighth more, so that blocks of nearly one size serve each other.</summary>
    public static nuint SizeOf(long bytes)
    {
        long step = Math.Max(4096, (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(bytes, 1)) / 16);
        return (nuint)checked((bytes + step - 1) / step * step);
    }

    /// <summary>A block of a size that <see cref="SizeOf"/> gave, with anything in it.</summary>
    /// <exception cref="InsufficientMemoryException">The system has no such memory.</exception>
    public void* Take(nuint size)
    {
        lock (_lock)
        {
            // The last one freed is the likeliest to be in the processor's cache.
            for (int i = _kept.Count - 1; i >= 0; i--)
            {
                if (_kept[i].Bytes == size)
                {
                    nint address = _kept[i].Address;
                    _kept.RemoveAt(i);
                    _bytes -= (long)size;
                    return (void*)address;
                }
            }
        }

        return SystemPages.Allocate(size);
    }

    public void Return(void* address, nuint size)
    {
        if (size > (ulong)budget)
        {
            SystemPages.Free(address, size);
            return;
        }

        lock (_lock)
        {
            _kept.Add(((nint)address, size));
            _bytes += (long)size;
            Trim(budget);
        }
    }

    /// <summary>Gives everything back to the system.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            Trim(0);
        }
    }

    private void Trim(long most)
    {
        while (_bytes > most)
        {
            (nint address, nuint size) = _kept[0];
            _kept.RemoveAt(0);
            _bytes -= (long)size;
            SystemPages.Free((void*)address, size);
        }
    }
}
