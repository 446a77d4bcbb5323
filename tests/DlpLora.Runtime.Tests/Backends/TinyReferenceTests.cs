using System.Text.Json;
using DlpLora.OnnxExport;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Safetensors;
using DlpLora.Testing;

namespace DlpLora.Runtime.Tests.Backends;

/// <summary>The tiny Llama models against transformers and PEFT, at every position.</summary>
[TestClass]
public sealed class TinyReferenceTests
{
    private const double Tolerance = 1e-4;

    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-tiny").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [TestCategory(SharedData.Category)]
    [DataRow("llama")]
    [DataRow("llama-untied-bias")]
    [DataRow("llama-bf16-sharded")]
    [DataRow("llama3-rope")]
    public void BaseAdaptersAndMixtureGiveTheReferenceLogits(string name)
    {
        if (SharedData.Find("tiny", name) is not { } source)
        {
            Assert.Inconclusive(SharedData.Missing);
            return;
        }

        using OpenModel model = Open(source);
        using SafetensorsFile golden = SafetensorsFile.Open(Path.Combine(source, "golden.safetensors"));
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Path.Combine(source, "golden.json")));
        int[] ids = [.. json.RootElement.GetProperty("input_ids").EnumerateArray().Select(e => e.GetInt32())];
        Mixture mixture = Mixture.Create([.. json.RootElement.GetProperty("mixture").EnumerateObject().Select(p => new WeightedAdapter(p.Name, p.Value.GetSingle()))]);
        HashSet<string> compared = [];
        foreach (string tensor in golden.Tensors.Keys)
        {
            Mixture wanted = tensor == "base" ? Mixture.Empty : tensor == "mixture" ? mixture : Mixture.Of(tensor.Split('.', ':', '/')[^1]);
            float[] expected = golden.ReadSingles(tensor);
            float[] actual = model.Logits(ids, wanted);
            Assert.HasCount(expected.Length, actual);
            Assert.IsLessThanOrEqualTo(Tolerance, expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max(), tensor);
            compared.Add(wanted.ToString());
        }

        Assert.HasCount(6, compared, "base, four adapters, mixture");
    }

    [TestMethod]
    [TestCategory(SharedData.Category)]
    [DataRow("refused-dora", "use_dora")]
    [DataRow("refused-bias", "bias")]
    [DataRow("refused-modules-to-save", "modules_to_save")]
    public void AdaptersThatCannotBeComputedAreRefusedByName(string adapter, string reason)
    {
        if (SharedData.Find("tiny", "llama") is not { } source)
        {
            Assert.Inconclusive(SharedData.Missing);
            return;
        }

        using OpenModel model = Open(source);
        InvalidFileException error = Assert.ThrowsExactly<InvalidFileException>(() => model.Adapters.Preload(adapter));
        Assert.AreEqual(reason, error.Place);
        Assert.EndsWith("adapter_config.json", error.Path);
    }

    private OpenModel Open(string source)
    {
        string folder = Path.Combine(_folder, "model");
        ModelExporter.Export(source, folder, new ExportOptions { Precision = Precision.Fp32, Slots = SlotScope.AllLinear });
        return new OpenModel(folder, Path.Combine(source, "adapters"));
    }
}
