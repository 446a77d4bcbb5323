using System.Globalization;
using System.Runtime.InteropServices;
using DlpLora.Runtime.Storage;

namespace DlpLora.Runtime.Native;

/// <summary>Mapped files of this process, none of whose pages was ever written, and the physical memory that they have.</summary>
internal sealed unsafe partial class MappedPages
{
    private const string Mappings = "/proc/self/smaps";
    private const int NotNeeded = 4; // MADV_DONTNEED

    private readonly List<(nint Start, nint Length)> _ranges = [];

    private MappedPages()
    {
    }

    /// <summary>Finds the mappings of a file, or of all files of a folder and below. None outside Linux.</summary>
    /// <param name="path">The file or the folder.</param>
    /// <param name="least">Bytes; smaller mappings are left out.</param>
    public static MappedPages Find(string path, long least = 0)
    {
        MappedPages found = new();
        if (!File.Exists(Mappings))
        {
            return found;
        }

        string real = RealPath.Resolve(path);
        string inside = real + Path.DirectorySeparatorChar;
        (nint Start, nint Length) mapping = default;

        // A mapping is a line "start-end permissions offset device inode path" and lines "Name: value kB" after it.
        foreach (string line in File.ReadLines(Mappings))
        {
            int slash = line.IndexOf('/', StringComparison.Ordinal);
            if (!line.EndsWith(" kB", StringComparison.Ordinal) && line.IndexOf('-', StringComparison.Ordinal) is > 0 and int dash)
            {
                bool wanted = slash > 0 && (line.AsSpan(slash).SequenceEqual(real) || line.AsSpan(slash).StartsWith(inside, StringComparison.Ordinal));
                mapping = wanted ? Range(line, dash) : default;
            }
            else if (mapping.Length > 0 && line.StartsWith("Anonymous:", StringComparison.Ordinal))
            {
                if (mapping.Length >= least && line.EndsWith(" 0 kB", StringComparison.Ordinal))
                {
                    found._ranges.Add(mapping);
                }

                mapping = default;
            }
        }

        return found;
    }

    /// <summary>Gives the pages back: what is read again comes from the system's file cache. To be called only while the files are still mapped there, and unwritten.</summary>
    /// <returns>The bytes of address space whose pages were given back.</returns>
    public long Release()
    {
        long released = 0;
        foreach ((nint start, nint length) in _ranges)
        {
            released += Advise(start, (nuint)length, NotNeeded) == 0 ? length : 0;
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
