using DlpLora.Runtime;

namespace DlpLora.OnnxExport.Gguf;

/// <summary>A memory-mapped GGUF file (version 2 or 3): its metadata and its tensors.</summary>
/// <remarks>Reading is thread-safe until <see cref="Dispose"/>.</remarks>
public sealed class GgufFile : IDisposable
{
    private readonly MappedFile _file;
    private readonly GgufReader _header;

    private GgufFile(MappedFile file, GgufReader header)
    {
        _file = file;
        _header = header;
    }

    /// <summary>The file's full path.</summary>
    public string Path => _file.Path;

    /// <summary>The format's version, 2 or 3.</summary>
    public int Version => (int)_header.Version;

    /// <summary>
    /// The metadata by key. A value is a number of its own .NET type, a bool, a string, or an array (<c>uint[]</c>, <c>int[]</c>,
    /// <c>float[]</c>, <c>string[]</c>, <c>object[]</c> for the rare kinds).
    /// </summary>
    public IReadOnlyDictionary<string, object> Metadata => _header.Metadata;

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, GgufTensor> Tensors => _header.Tensors;

    /// <summary>Maps the file and checks its header against the file's length.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidFileException">The file is missing, truncated, or its header breaks a rule of the format.</exception>
    public static GgufFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        MappedFile file = MappedFile.Open(path);
        try
        {
            GgufReader header = new(file);
            header.Read();
            return new GgufFile(file, header);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Bytes of a tensor.</summary>
    internal ReadOnlySpan<byte> Slice(long offset, int length) => _file.Slice(offset, length);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
