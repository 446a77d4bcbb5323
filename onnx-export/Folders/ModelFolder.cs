using DlpLora.Runtime;
using DlpLora.Runtime.Models;

namespace DlpLora.OnnxExport.Folders;

/// <summary>Writes a model folder whole or not at all: beside the target, then renamed.</summary>
internal static class ModelFolder
{
    /// <summary>Fills a new folder and puts it in the target's place. When <paramref name="fill"/> throws, the old folder stays and nothing else is left behind.</summary>
    /// <param name="target">The folder to create, or to replace where it is a model folder that was written before.</param>
    /// <param name="source">What is exported; it may not lie inside the target.</param>
    /// <param name="fill">Writes into the folder that it is given.</param>
    /// <exception cref="InvalidFileException">The target is something else, or the disk is full.</exception>
    public static void Write(string target, string source, Action<string> fill)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        CheckTarget(full, source);
        string mark = $"{Environment.ProcessId}-{Guid.NewGuid():N}";
        string beside = $"{full}.{mark}.part";
        string old = $"{full}.{mark}.old";
        try
        {
            Directory.CreateDirectory(beside);
            fill(beside);
            if (Directory.Exists(full))
            {
                Directory.Move(full, old);
            }

            Directory.Move(beside, full);
        }
        catch (Exception error)
        {
            Delete(beside);
            if (Directory.Exists(old) && !Directory.Exists(full))
            {
                Directory.Move(old, full);
            }

            bool inside = error is InvalidFileException invalid && invalid.Path.StartsWith(beside, StringComparison.Ordinal);
            if (inside || error is IOException or UnauthorizedAccessException)
            {
                string reason = (error.InnerException ?? error).Message.TrimEnd('.');
                throw new InvalidFileException(full, string.Empty, $"could not be written ({reason}); nothing was changed", error);
            }

            throw;
        }

        Delete(old);
    }

    /// <summary>Whether a folder may be replaced: it is missing, empty, or a model folder that was written before.</summary>
    public static void CheckTarget(string target, string source)
    {
        if (File.Exists(target))
        {
            throw new InvalidFileException(target, string.Empty, "is a file; expected a folder to write the model into");
        }

        if (!Directory.Exists(target))
        {
            return;
        }

        if (Directory.EnumerateFileSystemEntries(target).Any() && !File.Exists(Path.Combine(target, ModelManifest.FileName)))
        {
            throw new InvalidFileException(
                target, string.Empty, $"is a folder with other content; expected an empty one, or a model folder with {ModelManifest.FileName} to replace");
        }

        if ((Path.GetFullPath(source) + Path.DirectorySeparatorChar).StartsWith(target + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new InvalidFileException(target, string.Empty, $"holds the source {source}; expected a folder apart from it");
        }
    }

    private static void Delete(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another process reads or maps a file of it (Windows). The new folder is in place; the remains are harmless.
        }
    }
}
