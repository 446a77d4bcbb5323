using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DlpLora.Benchmarks.Bandwidth;

/// <summary>How fast this machine's cores read memory that no cache holds.</summary>
internal sealed unsafe class ReadBandwidth : IDisposable
{
    private readonly int _threads;
    private readonly nuint _bytes;
    private readonly byte* _memory;

    /// <param name="threads">How many threads read, each a stretch of its own.</param>
    /// <param name="bytes">How much they read in all; several times the largest cache.</param>
    public ReadBandwidth(int threads, long bytes)
    {
        _threads = threads;
        _bytes = (nuint)(bytes / threads / 256 * 256 * threads);
        _memory = (byte*)NativeMemory.AlignedAlloc(_bytes, 4096);
        NativeMemory.Fill(_memory, _bytes, 1);
    }

    /// <summary>Reads everything once. Returns bytes a second.</summary>
    public double Measure()
    {
        nuint part = _bytes / (nuint)_threads;
        long sum = 0;
        long start = Stopwatch.GetTimestamp();
        Thread[] readers = new Thread[_threads];
        for (int i = 0; i < _threads; i++)
        {
            byte* from = _memory + (part * (nuint)i);
            readers[i] = new Thread(() => Interlocked.Add(ref sum, Read(from, part)));
            readers[i].Start();
        }

        foreach (Thread reader in readers)
        {
            reader.Join();
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return sum == 0 ? throw new InvalidOperationException("nothing was read") : _bytes / seconds;
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);

    private static long Read(byte* from, nuint bytes)
    {
        Vector512<long> a = default, b = default, c = default, d = default;
        for (nuint i = 0; i < bytes; i += 256)
        {
            a += Vector512.Load((long*)(from + i));
            b += Vector512.Load((long*)(from + i + 64));
            c += Vector512.Load((long*)(from + i + 128));
            d += Vector512.Load((long*)(from + i + 192));
        }

        return Vector512.Sum(a + b + c + d);
    }
}
