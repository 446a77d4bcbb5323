using System.Runtime.InteropServices;
using DlpLora.Runtime.Diagnostics;

namespace DlpLora.Runtime.Tests.Diagnostics;

[TestClass]
public sealed class RuntimeProbeTests
{
    [TestMethod]
    public void ReportsWhatThisProcessHas()
    {
        RuntimeReport report = RuntimeProbe.Run();
        Assert.IsNull(report.Problem);
        Assert.AreEqual(RuntimeInformation.RuntimeIdentifier, report.RuntimeIdentifier);
        Assert.StartsWith("1.", report.OnnxRuntimeVersion!);
        Assert.Contains("CPUExecutionProvider", report.Providers);
        Assert.IsTrue(File.Exists(report.OnnxRuntimePath), report.OnnxRuntimePath);
        Assert.IsTrue(report.DefaultThreads >= 1 && report.DefaultThreads <= report.Processors);
        Assert.IsGreaterThan(0L, report.AvailableMemoryBytes);
        Assert.IsNotEmpty(report.CpuFeatures);
    }

    [TestMethod]
    public void AMissingLibraryNamesPlatformPathsAndPackage()
    {
        NativeLibraryException error = new("onnxruntime", "Microsoft.ML.OnnxRuntime", "linux-riscv64", ["/a/libonnxruntime.so"], new DllNotFoundException("/b/libonnxruntime.so: No such file or directory\nversion `GLIBC_2.99' not found\n)"));
        foreach (string part in new[] { "linux-riscv64", "/a/libonnxruntime.so", "Microsoft.ML.OnnxRuntime", "GLIBC_2.99" })
        {
            Assert.Contains(part, error.Message);
        }

        Assert.DoesNotContain("No such file", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }
}
