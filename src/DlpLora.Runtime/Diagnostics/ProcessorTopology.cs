using System.Globalization;

namespace DlpLora.Runtime.Diagnostics;

/// <summary>How many threads pay off: tokens are bound by memory, so a second thread on the same core only gets in the way.</summary>
internal static class ProcessorTopology
{
    private const string LinuxFolder = "/sys/devices/system/cpu";

    /// <summary>Physical cores, but no more than the processors that this process may use (affinity, container limits).</summary>
    public static int UsablePhysicalCores { get; } = Math.Max(1, Math.Min(Environment.ProcessorCount, PhysicalCores() ?? Environment.ProcessorCount));

    /// <summary>Physical cores of the machine; null where the system does not tell in a file.</summary>
    private static int? PhysicalCores()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            HashSet<string> cores = new(StringComparer.Ordinal);
            for (int cpu = 0; ; cpu++)
            {
                string topology = Path.Combine(LinuxFolder, "cpu" + cpu.ToString(CultureInfo.InvariantCulture), "topology", "thread_siblings_list");
                if (!File.Exists(topology))
                {
                    return cores.Count == 0 ? null : cores.Count;
                }

                cores.Add(File.ReadAllText(topology).Trim());
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
