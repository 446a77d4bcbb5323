using DlpLora.Runtime;

namespace DlpLora.OnnxExport.Folders;

/// <summary>A lock between processes: the file <c>FOLDER.lock</c>, held open alone. It stays behind, empty, so that no one locks a deleted file.</summary>
internal static class FolderLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits for the lock and takes it.</summary>
    /// <exception cref="InvalidFileException">The lock file cannot be created.</exception>
    public static FileStream Take(string folder, CancellationToken cancellation)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + ".lock";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(path, string.Empty, $"could not be created ({error.Message})", error);
        }

        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                cancellation.WaitHandle.WaitOne(Pause); // another process exports
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new InvalidFileException(path, string.Empty, $"could not be created ({error.Message})", error);
            }
        }
    }
}
