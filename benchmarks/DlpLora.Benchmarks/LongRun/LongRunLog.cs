using System.Collections.Concurrent;

namespace DlpLora.Benchmarks.LongRun;

/// <summary>What happened in the long run. Thread-safe.</summary>
internal sealed class LongRunLog
{
    private int _equal;
    private int _other;
    private int _cancelled;
    private int _failed;

    /// <summary>How long each answered request waited before work on it began, in milliseconds.</summary>
    public ConcurrentBag<double> Waits { get; } = [];

    public ConcurrentBag<string> Errors { get; } = [];

    public int Equal => _equal;

    public int Other => _other;

    public int Cancelled => _cancelled;

    public int Failed => _failed;

    public void Answered(bool equal, TimeSpan waited)
    {
        Interlocked.Increment(ref equal ? ref _equal : ref _other);
        Waits.Add(waited.TotalMilliseconds);
    }

    public void WasCancelled() => Interlocked.Increment(ref _cancelled);

    public void HasFailed(Exception error)
    {
        Interlocked.Increment(ref _failed);
        Errors.Add(error.Message);
    }
}
