namespace DlpLora.Runtime.Diagnostics;

/// <summary>What this process has to run models with.</summary>
public sealed record RuntimeReport
{
    /// <summary>The platform, as in <c>linux-x64</c>.</summary>
    public required string RuntimeIdentifier { get; init; }

    /// <summary>The .NET version.</summary>
    public required string Framework { get; init; }

    /// <summary>The operating system.</summary>
    public required string OperatingSystem { get; init; }

    /// <summary>Processors that this process may use.</summary>
    public required int Processors { get; init; }

    /// <summary>Threads that a model gets by default: the physical cores among them.</summary>
    public required int DefaultThreads { get; init; }

    /// <summary>Memory that this process may use, in bytes.</summary>
    public required long AvailableMemoryBytes { get; init; }

    /// <summary>Instruction sets that the processor offers and that matter here.</summary>
    public required IReadOnlyList<string> CpuFeatures { get; init; }

    /// <summary>ONNX Runtime's version; null where its native library did not load.</summary>
    public string? OnnxRuntimeVersion { get; init; }

    /// <summary>The file of ONNX Runtime's native library; null where it did not load or the system does not tell.</summary>
    public string? OnnxRuntimePath { get; init; }

    /// <summary>ONNX Runtime's execution providers in this build of it.</summary>
    public required IReadOnlyList<string> Providers { get; init; }

    /// <summary>Where the native library is looked for.</summary>
    public required IReadOnlyList<string> SearchedPaths { get; init; }

    /// <summary>What is missing and the package that brings it; null when all is there.</summary>
    public string? Problem { get; init; }
}
