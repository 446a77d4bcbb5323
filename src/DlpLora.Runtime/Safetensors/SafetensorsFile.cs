using System.IO.MemoryMappedFiles;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DlpLora.Runtime.Safetensors;

/// <summary>
/// A memory-mapped <c>.safetensors</c> file. The header is checked against the file's length before anything is allocated from
/// its numbers: no gaps, no overlaps, no duplicate names, known types, bytes equal to shape times type.
/// </summary>
/// <remarks>Reading is thread-safe until <see cref="Dispose"/>.</remarks>
public sealed unsafe class SafetensorsFile : IDisposable
{
    /// <summary>The largest header of an adapter or router, 4 MiB.</summary>
    public const int AdapterHeaderLimit = 4 << 20;

    /// <summary>The largest header of a whole model, 64 MiB.</summary>
    public const int ModelHeaderLimit = 64 << 20;

    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly Dictionary<string, SafetensorsTensor> _tensors;
    private byte* _base;

    private SafetensorsFile(string path, SafetensorsHeader header, MemoryMappedFile map, MemoryMappedViewAccessor view)
    {
        Path = path;
        _tensors = header.Tensors;
        Metadata = header.Metadata;
        _map = map;
        _view = view;
        SafeMemoryMappedViewHandle handle = view.SafeMemoryMappedViewHandle;
        handle.AcquirePointer(ref _base);
        _base += view.PointerOffset;
    }

    /// <summary>The file's full path.</summary>
    public string Path { get; }

    /// <summary>The strings of <c>__metadata__</c>; empty when there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsTensor> Tensors => _tensors;

    /// <summary>Maps the file and checks its header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="headerLimit">The largest header accepted, in bytes.</param>
    /// <exception cref="InvalidFileException">The file is missing, too short, or its header breaks a rule of the format.</exception>
    public static SafetensorsFile Open(string path, int headerLimit = AdapterHeaderLimit)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(headerLimit);
        string full = System.IO.Path.GetFullPath(path);
        MemoryMappedFile? map = null;
        MemoryMappedViewAccessor? view = null;
        try
        {
            // Asked before opening: a pipe or a device has no length, and opening one can wait for ever.
            if (new FileInfo(full) is { Exists: true, Length: 0 })
            {
                throw new InvalidFileException(full, "byte 0", "the file has 0 bytes; expected a header length of 8 bytes");
            }

            using FileStream stream = new(full, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            SafetensorsHeader header = SafetensorsHeader.Read(full, stream, headerLimit);
            map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            view = map.CreateViewAccessor(0, stream.Length, MemoryMappedFileAccess.Read);
            return new SafetensorsFile(full, header, map, view);
        }
        catch (Exception error)
        {
            view?.Dispose();
            map?.Dispose();
            if (error is IOException or UnauthorizedAccessException)
            {
                throw new InvalidFileException(full, string.Empty, $"could not be opened ({error.Message})", error);
            }

            throw;
        }
    }

    /// <summary>The raw little-endian bytes of a tensor. They live until <see cref="Dispose"/>.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <exception cref="InvalidFileException">There is no such tensor, or it is larger than 2 GiB.</exception>
    public ReadOnlySpan<byte> GetBytes(string name)
    {
        SafetensorsTensor tensor = Get(name);
        return tensor.ByteLength <= int.MaxValue
            ? new ReadOnlySpan<byte>(Start() + tensor.Offset, (int)tensor.ByteLength)
            : throw new InvalidFileException(Path, name, $"has {tensor.ByteLength} bytes; expected at most {int.MaxValue}");
    }

    /// <summary>Reads a floating-point tensor (F32, F16, BF16) as singles.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="destination">Receives the elements in row-major order; its length must be the tensor's element count.</param>
    /// <exception cref="InvalidFileException">There is no such tensor, or it holds no floating-point numbers.</exception>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void ReadSingles(string name, Span<float> destination)
    {
        SafetensorsTensor tensor = Get(name);
        if (destination.Length != tensor.ElementCount)
        {
            throw new ArgumentException($"{name} has {tensor.ElementCount} elements, the destination {destination.Length}.", nameof(destination));
        }

        ReadOnlySpan<byte> bytes = GetBytes(name);
        switch (tensor.DataType)
        {
            case SafetensorsDataType.F32:
                bytes.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case SafetensorsDataType.F16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), destination);
                break;
            case SafetensorsDataType.BF16:
                ReadOnlySpan<ushort> upper = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (int i = 0; i < upper.Length; i++)
                {
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)upper[i] << 16);
                }

                break;
            default:
                throw new InvalidFileException(Path, name, $"has type {tensor.DataType}; expected F32, F16 or BF16");
        }
    }

    /// <summary>Reads a floating-point tensor (F32, F16, BF16) into a new array, row-major.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <exception cref="InvalidFileException">There is no such tensor, or it holds no floating-point numbers.</exception>
    public float[] ReadSingles(string name)
    {
        SafetensorsTensor tensor = Get(name);
        if (tensor.ElementCount > Array.MaxLength)
        {
            throw new InvalidFileException(Path, name, $"has {tensor.ElementCount} elements; expected at most {Array.MaxLength}");
        }

        float[] values = GC.AllocateUninitializedArray<float>((int)tensor.ElementCount);
        ReadSingles(name, values);
        return values;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_base is null)
        {
            return;
        }

        _base = null;
        _view!.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map!.Dispose();
    }

    private byte* Start()
    {
        ObjectDisposedException.ThrowIf(_base is null, this);
        return _base;
    }

    private SafetensorsTensor Get(string name) => _tensors.TryGetValue(name, out SafetensorsTensor? tensor)
        ? tensor
        : throw new InvalidFileException(Path, name, "no such tensor in the file");
}
