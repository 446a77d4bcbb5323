namespace DlpLora.Runtime.Storage;

/// <summary>Where a path really leads once every link on the way is followed.</summary>
internal static class RealPath
{
    private const int MaximumLinks = 40;

    /// <summary>The path without links in any of its parts. Parts that do not exist stay as they are.</summary>
    /// <exception cref="IOException">There are more links than a system follows: a loop.</exception>
    public static string Resolve(string path)
    {
        string full = Path.GetFullPath(path);
        for (int links = 0; links <= MaximumLinks; links++)
        {
            if (FollowFirstLink(full) is not { } next)
            {
                return full;
            }

            full = next;
        }

        throw new IOException($"more than {MaximumLinks} links on the way to '{path}'");
    }

    /// <summary>Whether a file, with all links followed, lies in a folder or below it.</summary>
    public static bool IsInside(string folder, string path)
    {
        string root = Path.TrimEndingDirectorySeparator(Resolve(folder)) + Path.DirectorySeparatorChar;
        return Resolve(path).StartsWith(root, OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
    }

    private static string? FollowFirstLink(string full)
    {
        string root = Path.GetPathRoot(full)!;
        string[] parts = full[root.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        string current = root;
        for (int i = 0; i < parts.Length; i++)
        {
            current = Path.Combine(current, parts[i]);
            FileInfo info = new(current);
            if (info.LinkTarget is { } target)
            {
                string followed = Path.GetFullPath(target, Path.GetDirectoryName(current)!);
                return Path.GetFullPath(Path.Combine([followed, .. parts.AsSpan(i + 1)]));
            }
        }

        return null;
    }
}
