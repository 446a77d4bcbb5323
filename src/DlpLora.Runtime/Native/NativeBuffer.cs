using System.Runtime.InteropServices;

namespace DlpLora.Runtime.Native;

/// <summary>A block of native memory, aligned to 64 bytes. The garbage collector never moves or scans it, so native code may keep its address.</summary>
/// <remarks>Not thread-safe. Whoever disposes it must know that no native call uses it any more; the finalizer only mends a leak.</remarks>
internal sealed unsafe class NativeBuffer : IDisposable
{
    /// <summary>From so many bytes on, a buffer has pages of its own, which the system gets back when it is freed.</summary>
    public const int PagesFrom = 128 << 10;

    private const int Alignment = 64;
    private readonly nuint _pages;
    private readonly PagePool? _pool;
    private void* _address;

    /// <param name="address">Where it begins.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="pages">The bytes of its own pages; 0 where it is the allocator's.</param>
    /// <param name="pool">Where its pages go; null for the system.</param>
    private NativeBuffer(void* address, long bytes, nuint pages, PagePool? pool)
    {
        _address = address;
        _pages = pages;
        _pool = pool;
        ByteLength = bytes;
    }

    ~NativeBuffer() => Free();

    public long ByteLength { get; }

    public nint Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(_address is null, this);
            return (nint)_address;
        }
    }

    /// <summary>Allocates without clearing: large blocks cost memory only where they are written.</summary>
    public static NativeBuffer Allocate(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return bytes < PagesFrom
            ? new NativeBuffer(NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), Alignment), bytes, 0, null)
            : new NativeBuffer(SystemPages.Allocate((nuint)bytes), bytes, (nuint)bytes, null);
    }

    /// <summary>Allocates without clearing, out of a pool of freed blocks and back into it: for buffers that are made often and written whole.</summary>
    public static NativeBuffer Allocate(long bytes, PagePool pool)
    {
        if (bytes < PagesFrom)
        {
            return Allocate(bytes);
        }

        nuint pages = PagePool.SizeOf(bytes);
        return new NativeBuffer(pool.Take(pages), bytes, pages, pool);
    }

    public static NativeBuffer AllocateZeroed(long bytes)
    {
        NativeBuffer buffer = Allocate(bytes);
        NativeMemory.Clear(buffer._address, (nuint)bytes);
        return buffer;
    }

    /// <summary>A part of the buffer as elements of <typeparamref name="T"/>.</summary>
    /// <param name="byteOffset">The first byte.</param>
    /// <param name="length">The number of elements.</param>
    public Span<T> Span<T>(long byteOffset, int length)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_address is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(byteOffset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(byteOffset + ((long)length * sizeof(T)), ByteLength);
        return new Span<T>((byte*)_address + byteOffset, length);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_address is null)
        {
            return;
        }

        if (_pages == 0)
        {
            NativeMemory.AlignedFree(_address);
        }
        else if (_pool is null)
        {
            SystemPages.Free(_address, _pages);
        }
        else
        {
            _pool.Return(_address, _pages);
        }

        _address = null;
    }
}
