using DlpLora.OnnxExport;

namespace DlpLora.Testing;

/// <summary>Model folders that several test projects share: exported once, and again when the source or the exporter changes.</summary>
public static class TestModels
{
    /// <summary>SmolLM2-135M-Instruct of this repository with q and v slots.</summary>
    /// <param name="precision">The precision.</param>
    /// <returns>The model folder.</returns>
    public static string SmolLm2(Precision precision)
    {
        string folder = Path.Combine(RepoFiles.GeneratedModels, $"smollm2-{precision.ToString().ToLowerInvariant()}");
        ModelExporter.ExportIfStale(RepoFiles.Gguf, folder, new ExportOptions { Precision = precision });
        return folder;
    }
}
