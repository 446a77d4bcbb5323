using DlpLora.OnnxExport;
using DlpLora.Testing;

namespace DlpLora.Cli.Tests;

/// <summary>Folders that the tests of this assembly share; made once, removed at the end.</summary>
[TestClass]
public static class TestFolders
{
    private static readonly string Root = Directory.CreateTempSubdirectory("dlplora-cli").FullName;

    private static readonly Lazy<string> TinyFolder = new(() =>
    {
        TinyLlama.Write(TinySource, seed: 1);
        string folder = Path.Combine(Root, "tiny");
        ModelExporter.Export(TinySource, folder, new ExportOptions { Precision = Precision.Fp32 });
        return folder;
    });

    private static readonly Lazy<string> TinyAdapterFolder = new(() =>
    {
        string folder = Path.Combine(Root, "adapters");
        TinyLlama.WriteAdapter(Path.Combine(folder, "one"), seed: 2, rank: 4, alpha: 8);
        TinyLlama.WriteAdapter(Path.Combine(folder, "two"), seed: 3, rank: 2, alpha: 8);
        Directory.CreateDirectory(Path.Combine(folder, "broken"));
        File.WriteAllText(Path.Combine(folder, "broken", "adapter_config.json"), "{}");
        File.WriteAllText(Path.Combine(folder, "training.txt"), "a plain file");
        return folder;
    });

    /// <summary>A Hugging Face folder of a tiny model without a tokenizer.</summary>
    public static string TinySource => Path.Combine(Root, "source");

    /// <summary>The tiny model exported in fp32.</summary>
    public static string Tiny => TinyFolder.Value;

    /// <summary>Adapters of the tiny model: <c>one</c>, <c>two</c>, and <c>broken</c>.</summary>
    public static string TinyAdapters => TinyAdapterFolder.Value;

    /// <summary>SmolLM2 in int4, with its tokenizer and template.</summary>
    public static string Small => TestModels.SmolLm2(Precision.Int4);

    /// <summary>A new empty folder.</summary>
    public static string New() => Directory.CreateDirectory(Path.Combine(Root, Guid.NewGuid().ToString("N"))).FullName;

    [AssemblyCleanup]
    public static void Cleanup() => Directory.Delete(Root, recursive: true);
}
