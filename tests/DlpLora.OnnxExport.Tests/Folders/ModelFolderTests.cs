using DlpLora.OnnxExport.Folders;
using DlpLora.OnnxExport.Tests.Graphs;
using DlpLora.Runtime;
using DlpLora.Runtime.Models;
using DlpLora.Testing;

namespace DlpLora.OnnxExport.Tests.Folders;

[TestClass]
public sealed class ModelFolderTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-folders").FullName;

    [TestInitialize]
    public void Initialize() => TinyLlama.Write(In("hf"));

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void WritesAFolderThatRunsWithoutTokenizerFiles()
    {
        ModelManifest manifest = ModelExporter.Export(In("hf"), In("out"));
        CollectionAssert.AreEquivalent(
            new[] { "model.onnx", "model.onnx.data", "model.operator.onnx", "model.operator.onnx.data", "genai_config.json", "generation_config.json", "dlplora.json", "dlplora.export.json" },
            Directory.GetFileSystemEntries(In("out")).Select(Path.GetFileName).ToArray());
        ModelManifest loaded = ModelManifest.Load(In("out"));
        Assert.AreEqual("int4", loaded.Precision);
        Assert.AreEqual(manifest.BaseFingerprint, loaded.BaseFingerprint);
        StringAssert.StartsWith(loaded.BaseFingerprint, "sha256:");
        using PlainGraph graph = new(In("out"));
        Assert.HasCount(3 * TinyLlama.Vocabulary, graph.Logits([1, 2, 3]));
        AssertNoRemains();
    }

    [TestMethod]
    public void CarriesTheTokenizersFiles()
    {
        string[] names = ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "special_tokens_map.json"];
        foreach (string name in names)
        {
            File.WriteAllText(Path.Combine(In("hf"), name), $"content of {name}");
        }

        ModelExporter.Export(In("hf"), In("out"));
        foreach (string name in names)
        {
            Assert.AreEqual($"content of {name}", File.ReadAllText(Path.Combine(In("out"), name)));
        }
    }

    [TestMethod]
    public void ReplacesAnEmptyFolderAndAModelFolder()
    {
        Directory.CreateDirectory(In("out"));
        ModelExporter.Export(In("hf"), In("out"), new ExportOptions { Precision = Precision.Fp32 });
        ModelExporter.Export(In("hf"), In("out") + Path.DirectorySeparatorChar, new ExportOptions { Precision = Precision.Int8 });
        Assert.AreEqual("int8", ModelManifest.Load(In("out")).Precision);
        AssertNoRemains();
    }

    [TestMethod]
    public void RefusesAFolderWithOtherContent()
    {
        Directory.CreateDirectory(In("out"));
        File.WriteAllText(Path.Combine(In("out"), "thesis.txt"), "mine");
        Refused(In("out"));
        Assert.AreEqual("mine", File.ReadAllText(Path.Combine(In("out"), "thesis.txt")));
        Refused(In("hf"));
        File.WriteAllText(In("file"), "mine");
        Refused(In("file"));
        Refused(Path.Combine(In("file"), "below"));
        AssertNoRemains();
    }

    [TestMethod]
    public void RefusesToReplaceTheFolderThatHoldsTheSource()
    {
        ModelExporter.Export(In("hf"), In("out"));
        Directory.Move(In("hf"), Path.Combine(In("out"), "hf"));
        Assert.ThrowsExactly<InvalidFileException>(() => ModelExporter.Export(Path.Combine(In("out"), "hf"), In("out")));
        Assert.IsTrue(File.Exists(Path.Combine(In("out"), "hf", "config.json")));
    }

    [TestMethod]
    public void AFullDiskChangesNothing()
    {
        ModelExporter.Export(In("hf"), In("out"));
        string before = ModelManifest.Load(In("out")).Precision;
        InvalidFileException error = Assert.ThrowsExactly<InvalidFileException>(() => ModelFolder.Write(In("out"), In("hf"), folder =>
        {
            File.WriteAllText(Path.Combine(folder, "model.onnx"), "half");
            throw new IOException("No space left on device.");
        }));
        Assert.AreEqual(In("out"), error.Path);
        StringAssert.Contains(error.Message, "No space left on device");
        Assert.AreEqual(before, ModelManifest.Load(In("out")).Precision);
        AssertNoRemains();
    }

    [TestMethod]
    public void ACancelledExportLeavesNothing()
    {
        using CancellationTokenSource cancellation = new();
        Assert.ThrowsExactly<OperationCanceledException>(() =>
            ModelExporter.Export(In("hf"), In("out"), null, new CancelAt(cancellation, 0.4), cancellation.Token));
        Assert.IsFalse(Directory.Exists(In("out")));
        AssertNoRemains();
    }

    [TestMethod]
    public void ProgressRunsFromZeroToOne()
    {
        Steps steps = new();
        ModelExporter.Export(In("hf"), In("out"), null, steps);
        CollectionAssert.AreEqual(steps.Fractions.Order().ToArray(), steps.Fractions.ToArray());
        Assert.AreEqual(1, steps.Fractions[^1]);
    }

    [TestMethod]
    public void ExportsAgainOnlyWhenSomethingChanged()
    {
        ExportOptions fp32 = new() { Precision = Precision.Fp32 };
        Assert.IsTrue(ModelExporter.ExportIfStale(In("hf"), In("out"), fp32));
        Assert.IsFalse(ModelExporter.ExportIfStale(In("hf"), In("out"), fp32));
        Assert.IsTrue(ModelExporter.ExportIfStale(In("hf"), In("out"), fp32 with { Slots = SlotScope.None }));
        Assert.IsTrue(ModelExporter.ExportIfStale(In("hf"), In("out"), fp32));

        File.WriteAllText(Path.Combine(In("hf"), "tokenizer.json"), "{}");
        Assert.IsTrue(ModelExporter.ExportIfStale(In("hf"), In("out"), fp32), "a new tokenizer");
        TinyLlama.Write(In("hf"), 2);
        Assert.IsTrue(ModelExporter.ExportIfStale(In("hf"), In("out"), fp32), "other weights");
        File.Delete(Path.Combine(In("out"), ModelManifest.FileName));
        Directory.Delete(In("out"), recursive: true);
        Assert.IsTrue(ModelExporter.ExportIfStale(In("hf"), In("out"), fp32), "no folder");

        // The folder and its source may move together.
        Directory.Move(In("hf"), In("moved"));
        Assert.IsFalse(ModelExporter.ExportIfStale(In("moved"), In("out"), fp32));
    }

    [TestMethod]
    public async Task OneOfManyCallersExports()
    {
        bool[] exported = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => ModelExporter.ExportIfStale(In("hf"), In("out")))));
        Assert.AreEqual(1, exported.Count(e => e));
        ModelManifest.Load(In("out"));
        AssertNoRemains();
    }

    private void Refused(string target)
    {
        InvalidFileException error = Assert.ThrowsExactly<InvalidFileException>(() => ModelExporter.Export(In("hf"), target));
        Assert.AreEqual(target, error.Path);
    }

    private void AssertNoRemains() =>
        Assert.IsEmpty(Directory.GetFileSystemEntries(_folder).Where(f => f.EndsWith(".part", StringComparison.Ordinal) || f.EndsWith(".old", StringComparison.Ordinal)));

    private string In(string name) => Path.Combine(_folder, name);

    private sealed class CancelAt(CancellationTokenSource source, double fraction) : IProgress<ExportProgress>
    {
        public void Report(ExportProgress value)
        {
            if (value.Fraction >= fraction)
            {
                source.Cancel();
            }
        }
    }

    private sealed class Steps : IProgress<ExportProgress>
    {
        public List<double> Fractions { get; } = [];

        public void Report(ExportProgress value) => Fractions.Add(value.Fraction);
    }
}
