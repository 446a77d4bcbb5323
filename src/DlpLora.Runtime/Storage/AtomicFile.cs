namespace DlpLora.Runtime.Storage;

/// <summary>Writes a file whole or not at all: beside the target, flushed to the disk, then renamed over it.</summary>
public static class AtomicFile
{
    /// <summary>Writes a file. When <paramref name="write"/> throws, the old file stays and nothing else is left behind.</summary>
    /// <param name="path">The file to create or replace. Its folder is created when missing.</param>
    /// <param name="write">Writes the content into the stream that it is given.</param>
    /// <exception cref="InvalidFileException">The disk is full, or the folder cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string full = Path.GetFullPath(path);
        string beside = Beside(full);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            using (FileStream stream = new(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(beside, full, overwrite: true);
        }
        catch (Exception error)
        {
            DeleteQuietly(beside);
            if (error is IOException or UnauthorizedAccessException)
            {
                throw Unwritable(full, error);
            }

            throw;
        }
    }

    /// <summary>Finds out whether a file can be written, before work that it is to hold begins. What is there stays as it is.</summary>
    /// <param name="path">The file to be created or replaced later. Its folder is created when missing.</param>
    /// <exception cref="InvalidFileException">The path names a folder, or the file's folder cannot be written.</exception>
    public static void CheckWritable(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            throw new InvalidFileException(full, string.Empty, "is a folder; expected a file to write");
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            new FileStream(Beside(full), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(full, error);
        }
    }

    private static string Beside(string full) => $"{full}.{Environment.ProcessId}-{Guid.NewGuid():N}.part";

    private static InvalidFileException Unwritable(string full, Exception error) =>
        new(full, string.Empty, $"could not be written ({error.Message.TrimEnd('.')}); nothing was changed", error);

    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Its folder was never there, or cannot be written any more; the first error says so.
        }
    }

    /// <summary>Writes a text file in UTF-8 without a byte order mark.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="text">The content.</param>
    /// <exception cref="InvalidFileException">The disk is full, or the folder cannot be written.</exception>
    public static void WriteText(string path, string text) => Write(path, stream =>
    {
        using StreamWriter writer = new(stream, leaveOpen: true);
        writer.Write(text);
    });
}
