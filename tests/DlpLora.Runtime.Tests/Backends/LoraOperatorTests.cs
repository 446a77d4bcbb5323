using DlpLora.OnnxExport;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Backends.CustomOperators;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Tests.Fixtures;
using Microsoft.ML.OnnxRuntime;

namespace DlpLora.Runtime.Tests.Backends;

[TestClass]
public sealed class LoraOperatorTests
{
    private static readonly int[] Ids = [256, 17, 200, 3, 99, 42, 7, 150, 8, 250, 31];

    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-operator").FullName;

    private string Adapters => Path.Combine(_folder, "adapters");

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(5)]
    public void TheOperatorsGraphGivesTheLogitsOfThePlainOne(int threads)
    {
        WriteAdapters();
        Mixture two = Mixture.Create(new("a", 0.7f), new("b", -0.4f));
        using OpenModel plain = new(Plain(), Adapters);
        using OpenModel own = new(TinyModel.Shared.Folder, Adapters, threads);
        Assert.IsNull(plain.Model.OperatorGraph);
        Assert.IsNotNull(own.Model.OperatorGraph);
        Equal(plain.Logits(Ids, Mixture.Empty), own.Logits(Ids, Mixture.Empty), 1e-5);
        Equal(plain.Logits(Ids, two), own.Logits(Ids, two), 1e-5);
        Mixture[] positions = [.. Ids.Select((_, i) => (i / 3 % 3) switch { 0 => two, 1 => Mixture.Of("a"), _ => Mixture.Empty })];
        Equal(plain.Logits(Ids, positions), own.Logits(Ids, positions), 1e-5);
        Equal(Steps(plain, two), Steps(own, two), 1e-5);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void AQuantizedFoldersOperatorTakesHalfTheBytesForNearlyTheSameLogits(int threads)
    {
        WriteAdapters();
        Mixture two = Mixture.Create(new("a", 0.7f), new("b", -0.4f));
        string folder = Path.Combine(_folder, "int8");
        ModelExporter.Export(TinyModel.Shared.SourceFolder, folder, new ExportOptions { Precision = Precision.Int8, Slots = SlotScope.AllLinear });
        string plainFolder = TinyModel.Copy(folder, Path.Combine(_folder, "int8-plain"));
        (ModelManifest.Load(folder) with { OperatorGraph = null }).Save(plainFolder);
        using OpenModel plain = new(plainFolder, Adapters);
        using OpenModel own = new(folder, Adapters, threads);
        Assert.AreEqual("bfloat16", own.Model.OperatorSlots);
        float[] untouched = plain.Logits(Ids, Mixture.Empty);
        float[] expected = plain.Logits(Ids, two);
        double change = Distance(untouched, expected);
        double error = Distance(expected, own.Logits(Ids, two));
        Assert.IsGreaterThan(0, error, "the graphs are the same");

        // Every product rounds its inputs to 8 bits: the least change of one becomes a step of its code.
        Assert.IsLessThan(0.15 * change, error);
        Assert.AreEqual(plain.Adapters.ResidentBytes, 2 * own.Adapters.ResidentBytes);
        Assert.IsLessThan(plain.Fusion.Bytes / 2, own.Fusion.Bytes);
    }

    [TestMethod]
    public void AGraphWhoseSlotsAreNotAsTheManifestSaysIsRefused()
    {
        string folder = TinyModel.Copy(TinyModel.Shared.Folder, Path.Combine(_folder, "other"));
        (ModelManifest.Load(folder) with { OperatorSlots = "bfloat16" }).Save(folder);
        InvalidFileException error = Assert.ThrowsExactly<InvalidFileException>(() => new OpenModel(folder).Dispose());
        Assert.Contains("BFloat16", error.Message);
        (ModelManifest.Load(folder) with { OperatorSlots = "int3" }).Save(folder);
        error = Assert.ThrowsExactly<InvalidFileException>(() => new OpenModel(folder).Dispose());
        Assert.AreEqual("operatorSlots", error.Place);
    }

    [TestMethod]
    public void ThePlainGraphNeedsNothingOfThisLibrary()
    {
        ModelManifest manifest = ModelManifest.Load(TinyModel.Shared.Folder);
        using SessionOptions options = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using InferenceSession session = new(Path.Combine(TinyModel.Shared.Folder, manifest.Graph), options);
        Assert.Contains(manifest.Gate!, session.OverridableInitializerMetadata.Keys);
        OnnxRuntimeException refused = Assert.ThrowsExactly<OnnxRuntimeException>(
            () => new InferenceSession(Path.Combine(TinyModel.Shared.Folder, manifest.OperatorGraph!), options).Dispose(), "no other program has the operator");
        Assert.Contains("dlplora", refused.Message);
    }

    [TestMethod]
    public void InputsThatDoNotFitEachOtherAreAnErrorAndNotACrash()
    {
        string graph = Path.Combine(TinyModel.Shared.Folder, ModelManifest.Load(TinyModel.Shared.Folder).OperatorGraph!);
        using OperatorDomain operators = new(2);
        using SessionOptions options = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        operators.AddTo(options);
        using InferenceSession session = new(graph, options);
        using OrtIoBinding binding = session.CreateIoBinding();
        using OrtValue ids = OrtValue.CreateTensorValueFromMemory(new long[] { 5 }, [1, 1]);
        using OrtValue past = OrtValue.CreateTensorValueFromMemory(new[] { 0 }, [1]);
        using OrtValue total = OrtValue.CreateTensorValueFromMemory(new[] { 1 }, [1]);
        using OrtValue rows = OrtValue.CreateTensorValueFromMemory(new long[] { 0 }, [1]);
        using OrtValue cache = OrtValue.CreateTensorValueFromMemory(
            new float[TinyModel.KeyValueHeads * 16 * TinyModel.HeadSize], [1, TinyModel.KeyValueHeads, 16, TinyModel.HeadSize]);
        binding.BindInput(GraphNames.InputIds, ids);
        binding.BindInput(GraphNames.PastLengths, past);
        binding.BindInput(GraphNames.TotalLength, total);
        binding.BindInput(GraphNames.LogitsRows, rows);
        for (int layer = 0; layer < TinyModel.Layers; layer++)
        {
            binding.BindInput(GraphNames.PastKey(layer), cache);
            binding.BindInput(GraphNames.PastValue(layer), cache);
        }

        // A gate of two rows over slots of none.
        using OrtValue gate = OrtValue.CreateTensorValueFromMemory(new float[] { 1, 1 }, [1, 1, 2]);
        binding.BindInput("lora.gate", gate);
        binding.BindOutputToDevice(GraphNames.Logits, OrtMemoryInfo.DefaultInstance);
        using RunOptions run = new();
        OnnxRuntimeException error = Assert.ThrowsExactly<OnnxRuntimeException>(() => session.RunWithBinding(run, binding));
        Assert.Contains("do not fit each other", error.Message);
    }

    [TestMethod]
    [DataRow("missing")]
    [DataRow("cut")]
    [DataRow("without columns")]
    public void AnOperatorsGraphThatCannotBeLoadedIsAnErrorThatNamesIt(string damage)
    {
        string folder = TinyModel.Copy(TinyModel.Shared.Folder, Path.Combine(_folder, "damaged"));
        string graph = Path.Combine(folder, ModelManifest.Load(folder).OperatorGraph!);
        byte[] bytes = File.ReadAllBytes(graph);
        File.Delete(graph);
        if (damage == "cut")
        {
            File.WriteAllBytes(graph, bytes[..(bytes.Length / 2)]);
        }
        else if (damage == "without columns")
        {
            bytes.AsSpan(bytes.AsSpan().IndexOf("columns"u8), 7).Fill((byte)'x');
            File.WriteAllBytes(graph, bytes);
        }

        InvalidFileException error = Assert.ThrowsExactly<InvalidFileException>(() => new OpenModel(folder).Dispose());
        Assert.AreEqual(graph, error.Path);
    }

    /// <summary>The model folder as one without the operator's graph.</summary>
    private string Plain()
    {
        string folder = TinyModel.Copy(TinyModel.Shared.Folder, Path.Combine(_folder, "plain"));
        (ModelManifest.Load(folder) with { OperatorGraph = null }).Save(folder);
        return folder;
    }

    private void WriteAdapters()
    {
        string[] all = [.. TinyModel.Linear.Select(m => m.Module)];
        TinyAdapter.Plain(1, 4, all).Write(Path.Combine(Adapters, "a"));
        TinyAdapter.Plain(2, 7, all).Write(Path.Combine(Adapters, "b"));
    }

    /// <summary>The logits of one token at a time.</summary>
    private static float[] Steps(OpenModel model, Mixture mixture)
    {
        using RequestMixtures mixtures = new(model.Adapters, model.Fusion);
        mixtures.Select(mixture);
        using IDecoder decoder = model.CreateDecoder(Ids.Length);
        mixtures.WriteGate(mixture, decoder.Bind(1, mixtures.Stack, 1));
        List<float> logits = [];
        foreach (int id in Ids)
        {
            logits.AddRange(decoder.Read(0, [id], [0]));
        }

        return [.. logits];
    }

    private static double Distance(float[] one, float[] other) => Math.Sqrt(one.Zip(other, (a, b) => Math.Pow(a - b, 2)).Sum());

    private static void Equal(float[] expected, float[] actual, double tolerance) =>
        Assert.IsLessThanOrEqualTo(tolerance, expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max());
}
