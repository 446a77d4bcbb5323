using System.Runtime.InteropServices;

namespace DlpLora.Runtime.Native;

/// <summary>Whole pages, taken from the operating system and given back to it at once. They are zero at first, and take memory only where they are touched.</summary>
/// <remarks>
/// An allocator keeps what is freed in the arena of the thread that allocated it. Blocks of megabytes that are made on many threads would so leave
/// many times their size behind (measured: 1.3 GB after 16 rows with 16 mixtures).
/// </remarks>
internal static unsafe partial class SystemPages
{
    private const int ReadWrite = 3; // PROT_READ | PROT_WRITE
    private const int Private = 2; // MAP_PRIVATE
    private const uint CommitAndReserve = 0x3000;
    private const uint Release = 0x8000;
    private const uint PageReadWrite = 4;

    private static readonly int Anonymous = OperatingSystem.IsLinux() ? 0x20 : 0x1000; // MAP_ANONYMOUS

    /// <exception cref="InsufficientMemoryException">The system has no such memory.</exception>
    public static void* Allocate(nuint bytes)
    {
        void* address = OperatingSystem.IsWindows()
            ? VirtualAlloc(null, bytes, CommitAndReserve, PageReadWrite)
            : Map(null, bytes, ReadWrite, Private | Anonymous, -1, 0);
        return address is null || (nint)address == -1
            ? throw new InsufficientMemoryException($"The system has no {bytes} bytes of memory left for this process.")
            : address;
    }

    public static void Free(void* address, nuint bytes)
    {
        if (OperatingSystem.IsWindows())
        {
            _ = VirtualFree(address, 0, Release);
        }
        else
        {
            _ = Unmap(address, bytes);
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial void* VirtualAlloc(void* address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int VirtualFree(void* address, nuint size, uint type);
}
