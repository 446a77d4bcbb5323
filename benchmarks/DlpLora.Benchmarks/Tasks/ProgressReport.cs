using System.Diagnostics;

namespace DlpLora.Benchmarks.Tasks;

/// <summary>Says on the error stream how far a long run is.</summary>
internal sealed class ProgressReport(AnswerSource source)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _told;

    /// <summary>Tells of a step, at most every few seconds but always of the last.</summary>
    public void Step(string stage, int done, int total)
    {
        if (done < total && Stopwatch.GetElapsedTime(_told).TotalSeconds < 10)
        {
            return;
        }

        _told = Stopwatch.GetTimestamp();
        Console.Error.WriteLine(
            $"{stage,-28} {done}/{total}; {source.Generated} answers generated, {source.Reused} reused, {Stopwatch.GetElapsedTime(_start).TotalMinutes:0.0} min");
    }
}
