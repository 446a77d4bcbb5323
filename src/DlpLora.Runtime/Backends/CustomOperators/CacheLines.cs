using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace DlpLora.Runtime.Backends.CustomOperators;

/// <summary>Memory that is fetched before it is read.</summary>
/// <remarks>
/// For short streams and mapped files: the processor's own prefetching begins anew with every page of 4 KiB and every jump. Fetching reads nothing and cannot fault, so
/// the memory may end before what is fetched does.
/// </remarks>
internal static unsafe class CacheLines
{
    private const int LineBytes = 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(byte* first, long bytes)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (long line = 0; line < bytes; line += LineBytes)
        {
            Sse.Prefetch0(first + line);
        }
    }
}
