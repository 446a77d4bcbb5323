using System.Runtime.InteropServices;

namespace DlpLora.Runtime.Native;

/// <summary>A block of native memory, aligned to 64 bytes. The garbage collector never moves or scans it, so native code may keep its address.</summary>
/// <remarks>Not thread-safe. Whoever disposes it must know that no native call uses it any more; the finalizer only mends a leak.</remarks>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const int Alignment = 64;
    private void* _address;

    private NativeBuffer(void* address, long bytes)
    {
        _address = address;
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
        return new NativeBuffer(NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), Alignment), bytes);
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

        NativeMemory.AlignedFree(_address);
        _address = null;
    }
}
