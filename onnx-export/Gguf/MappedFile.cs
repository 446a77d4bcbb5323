using System.IO.MemoryMappedFiles;
using DlpLora.Runtime;

namespace DlpLora.OnnxExport.Gguf;

/// <summary>A file mapped into memory, read only through bounds checks. Reading is thread-safe until <see cref="Dispose"/>.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _start;

    private MappedFile(string path, long length, MemoryMappedFile map, MemoryMappedViewAccessor view)
    {
        Path = path;
        Length = length;
        _map = map;
        _view = view;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += view.PointerOffset;
    }

    public string Path { get; }

    public long Length { get; }

    /// <exception cref="InvalidFileException">The file is missing, empty, or cannot be read.</exception>
    public static MappedFile Open(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        MemoryMappedFile? map = null;
        try
        {
            using FileStream stream = new(full, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            long length = stream.Length;
            if (length == 0)
            {
                throw new InvalidFileException(full, "byte 0", "the file is empty");
            }

            map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            return new MappedFile(full, length, map, map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            map?.Dispose();
            throw new InvalidFileException(full, string.Empty, $"could not be opened ({error.Message})", error);
        }
    }

    /// <summary>A piece of the file.</summary>
    /// <exception cref="InvalidFileException">The piece does not lie inside the file.</exception>
    public ReadOnlySpan<byte> Slice(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        return offset >= 0 && length >= 0 && offset <= Length - length
            ? new ReadOnlySpan<byte>(_start + offset, length)
            : throw new InvalidFileException(Path, $"byte {offset}", $"the file ends after {Length} bytes; expected {length} more bytes here");
    }

    public void Dispose()
    {
        if (_start is null)
        {
            return;
        }

        _start = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }
}
