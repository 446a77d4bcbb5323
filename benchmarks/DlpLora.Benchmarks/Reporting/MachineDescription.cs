using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Microsoft.ML.OnnxRuntime;

namespace DlpLora.Benchmarks.Reporting;

/// <summary>One line that says on what a number was measured.</summary>
internal static class MachineDescription
{
    public static string Describe() =>
        $"{Processor()}, {Environment.ProcessorCount} logical cores, {Caches()}AVX-512 {(Avx512F.IsSupported ? "yes" : "no")}, " +
        $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}, " +
        $"{RuntimeInformation.FrameworkDescription}, ONNX Runtime {OrtEnv.Instance().GetVersionString()}";

    private static string Processor()
    {
        const string File = "/proc/cpuinfo";
        if (!System.IO.File.Exists(File))
        {
            return RuntimeInformation.ProcessArchitecture.ToString();
        }

        string? model = System.IO.File.ReadLines(File).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
        return model is null ? RuntimeInformation.ProcessArchitecture.ToString() : model[(model.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    /// <summary>The data caches that the first core sees, as Linux tells them; nothing elsewhere.</summary>
    private static string Caches()
    {
        const string Folder = "/sys/devices/system/cpu/cpu0/cache";
        if (!Directory.Exists(Folder))
        {
            return string.Empty;
        }

        IEnumerable<string> caches = Directory.EnumerateDirectories(Folder, "index*").Order(StringComparer.Ordinal)
            .Where(c => Read(c, "type") != "Instruction")
            .Select(c => $"L{Read(c, "level")} {Read(c, "size")}, ");
        return string.Concat(caches);

        static string Read(string cache, string file) => System.IO.File.ReadAllText(Path.Combine(cache, file)).Trim();
    }
}
