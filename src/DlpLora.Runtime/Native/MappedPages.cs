using System.Globalization;
using System.Runtime.InteropServices;
using DlpLora.Runtime.Storage;

namespace DlpLora.Runtime.Native;

/// <summary>The physical memory that file mappings of this process have.</summary>
internal static unsafe partial class MappedPages
{
    private const string Mappings = "/proc/self/smaps";
    private const int NotNeeded = 4; // MADV_DONTNEED

    /// <summary>
    /// Gives back the pages of a folder's mapped files: what is read again comes from the system's file cache. Only mappings none of whose pages was ever
    /// written. Does nothing outside Linux.
    /// </summary>
    /// <param name="folder">The folder; its files and theirs below.</param>
    /// <returns>The bytes of address space whose pages were given back.</returns>
    public static long Release(string folder)
    {
        if (!File.Exists(Mappings))
        {
            return 0;
        }

        string inside = RealPath.Resolve(folder) + Path.DirectorySeparatorChar;
        long released = 0;
        (nint Start, nint Length) mapping = default;

        // A mapping is a line "start-end permissions offset device inode path" and lines "Name: value kB" after it.
        foreach (string line in File.ReadLines(Mappings))
        {
            int path = line.IndexOf('/', StringComparison.Ordinal);
            if (!line.EndsWith(" kB", StringComparison.Ordinal) && line.IndexOf('-', StringComparison.Ordinal) is > 0 and int dash)
            {
                mapping = path > 0 && line.AsSpan(path).StartsWith(inside, StringComparison.Ordinal) ? Range(line, dash) : default;
            }
            else if (mapping.Length > 0 && line.StartsWith("Anonymous:", StringComparison.Ordinal))
            {
                bool unwritten = line.EndsWith(" 0 kB", StringComparison.Ordinal);
                released += unwritten && Advise(mapping.Start, (nuint)mapping.Length, NotNeeded) == 0 ? mapping.Length : 0;
                mapping = default;
            }
        }

        return released;
    }

    private static (nint Start, nint Length) Range(string line, int dash)
    {
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        return nint.TryParse(line.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out nint start)
            && nint.TryParse(line.AsSpan(dash + 1, space - dash - 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out nint end)
            ? (start, end - start)
            : default;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(nint address, nuint length, int advice);
}
