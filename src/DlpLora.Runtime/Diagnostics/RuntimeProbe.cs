using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Microsoft.ML.OnnxRuntime;

namespace DlpLora.Runtime.Diagnostics;

/// <summary>Looks at what this process has to run models with, without a model.</summary>
public static class RuntimeProbe
{
    /// <summary>Tries to load ONNX Runtime's native library and reports what it found. A missing library is in the report, not thrown.</summary>
    public static RuntimeReport Run()
    {
        Exception? error = OnnxNative.TryLoad();
        IReadOnlyList<string> searched = OnnxNative.SearchedPaths();
        return new RuntimeReport
        {
            RuntimeIdentifier = RuntimeInformation.RuntimeIdentifier,
            Framework = RuntimeInformation.FrameworkDescription,
            OperatingSystem = RuntimeInformation.OSDescription,
            Processors = Environment.ProcessorCount,
            DefaultThreads = ProcessorTopology.UsablePhysicalCores,
            AvailableMemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            CpuFeatures = CpuFeatures(),
            OnnxRuntimeVersion = error is null ? OnnxNative.Version : null,
            OnnxRuntimePath = error is null ? LoadedPath() : null,
            Providers = error is null ? OrtEnv.Instance().GetAvailableProviders() : [],
            SearchedPaths = searched,
            Problem = error is null
                ? null
                : new NativeLibraryException(OnnxNative.Library, OnnxNative.Package, RuntimeInformation.RuntimeIdentifier, searched, error).Message,
        };
    }

    private static string? LoadedPath()
    {
        using Process process = Process.GetCurrentProcess();
        foreach (ProcessModule module in process.Modules)
        {
            using (module)
            {
                string name = Path.GetFileNameWithoutExtension(module.FileName);
                if (name is "onnxruntime" or "libonnxruntime" || name.StartsWith("libonnxruntime.so", StringComparison.Ordinal))
                {
                    return module.FileName;
                }
            }
        }

        return null;
    }

    private static List<string> CpuFeatures()
    {
        List<string> features = [$"vector {VectorBits()} bit"];
        Add(Avx2.IsSupported, "AVX2");
        Add(Fma.IsSupported, "FMA");
        Add(Avx512F.IsSupported, "AVX-512F");
        Add(Avx512BW.IsSupported, "AVX-512BW");
        Add(AvxVnni.IsSupported, "AVX-VNNI");
        Add(AdvSimd.IsSupported, "AdvSimd");
        Add(Dp.IsSupported, "DotProd");
        return features;

        void Add(bool supported, string name)
        {
            if (supported)
            {
                features.Add(name);
            }
        }

        static int VectorBits() => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 64;
    }
}
