using System.Text.Json;
using DlpLora.Runtime.Safetensors;
using DlpLora.Testing;

namespace DlpLora.OnnxExport.Tests.Graphs;

/// <summary>fp32 exports against transformers.</summary>
[TestClass]
public sealed class ReferenceTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-reference").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [TestCategory(SharedData.Category)]
    [DataRow("llama")]
    [DataRow("llama-untied-bias")]
    [DataRow("llama-bf16-sharded")]
    [DataRow("llama3-rope")]
    public void TinyModelsGiveTheReferenceLogitsAtEveryPosition(string name)
    {
        if (SharedData.Find("tiny", name) is not { } source)
        {
            Assert.Inconclusive(SharedData.Missing);
            return;
        }

        string model = Path.Combine(_folder, "model");
        ModelExporter.Export(source, model, new ExportOptions { Precision = Precision.Fp32 });
        using SafetensorsFile golden = SafetensorsFile.Open(Path.Combine(source, "golden.safetensors"));
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Path.Combine(source, "golden.json")));
        int[] ids = [.. json.RootElement.GetProperty("input_ids").EnumerateArray().Select(e => e.GetInt32())];
        float[] expected = golden.ReadSingles("base");
        using PlainGraph graph = new(model);
        float[] actual = graph.Logits(ids);
        Assert.HasCount(expected.Length, actual);
        Assert.IsLessThanOrEqualTo(1e-4, LargestDifference(expected, actual));
    }

    [TestMethod]
    [TestCategory(SharedData.Category)]
    public void SmolLm2GivesTheReferenceLogitsOfItsLastPosition()
    {
        if (SharedData.Find("golden", "smollm2") is not { } folder)
        {
            Assert.Inconclusive(SharedData.Missing);
            return;
        }

        string model = TestModels.SmolLm2(Precision.Fp32);
        using SafetensorsFile golden = SafetensorsFile.Open(Path.Combine(folder, "logits.safetensors"));
        using JsonDocument cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "cases.json")));
        using PlainGraph graph = new(model);
        int compared = 0;
        foreach (JsonElement entry in cases.RootElement.EnumerateArray().Where(e => !e.GetProperty("mixture").EnumerateObject().Any()))
        {
            int[] ids = [.. entry.GetProperty("input_ids").EnumerateArray().Select(e => e.GetInt32())];
            float[] expected = golden.ReadSingles(entry.GetProperty("key").GetString()!);
            float[] last = graph.Logits(ids).AsSpan((ids.Length - 1) * expected.Length).ToArray();
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.IsLessThanOrEqualTo(2e-3 + (Math.Abs(expected[i]) / 2048), Math.Abs(expected[i] - last[i]), $"{entry.GetProperty("key")}, token {i}");
            }

            compared++;
        }

        Assert.IsGreaterThan(0, compared);
    }

    private static float LargestDifference(float[] expected, float[] actual) => expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
}
