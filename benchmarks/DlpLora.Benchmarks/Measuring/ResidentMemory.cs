using System.Diagnostics;
using System.Globalization;

namespace DlpLora.Benchmarks.Measuring;

/// <summary>What this process has in physical memory.</summary>
internal static class ResidentMemory
{
    private const string Status = "/proc/self/status";

    /// <summary>All of it, in bytes.</summary>
    public static long Bytes()
    {
        if (Read("VmRSS:") is { } linux)
        {
            return linux;
        }

        using Process process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    /// <summary>The part that belongs to no file (so not libraries and mapped weights), in bytes; null where the system does not tell.</summary>
    public static long? Anonymous() => Read("RssAnon:");

    private static long? Read(string field)
    {
        if (!File.Exists(Status))
        {
            return null;
        }

        string? line = File.ReadLines(Status).FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal));
        return line is null ? null : long.Parse(line[field.Length..].Replace("kB", string.Empty, StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024;
    }
}
