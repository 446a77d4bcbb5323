namespace DlpLora.Runtime.Tests;

/// <summary>What code allocates once it is compiled with all optimizations.</summary>
internal static class SettledAllocation
{
    private const int Attempts = 6;

    /// <summary>
    /// Runs until a run allocates nothing, six times at most. Code that was called a few times is not compiled with all optimizations yet, later on a busy machine than on a quiet
    /// one, and until then it puts on the heap what needs no heap. What a run always allocates stays in the result.
    /// </summary>
    /// <returns>The managed bytes of the last run on this thread.</returns>
    public static long Of(Action run)
    {
        long allocated = 0;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            run();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated == 0)
            {
                break;
            }
        }

        return allocated;
    }
}
