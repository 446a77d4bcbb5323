using System.Text.Json;
using DlpLora.OnnxExport;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Safetensors;
using DlpLora.Testing;

namespace DlpLora.Runtime.Tests.Generation;

/// <summary>The fp32 export with its trained adapters against transformers and PEFT.</summary>
[TestClass]
public sealed class GoldenGenerationTests
{
    [TestMethod]
    [TestCategory(SharedData.Category)]
    public async Task SmolLm2GivesTheReferenceLogitsAndGreedyAnswers()
    {
        if (SharedData.Find("golden", "smollm2") is not { } folder || SharedData.Find("adapters") is not { } adapters)
        {
            Assert.Inconclusive(SharedData.Missing);
            return;
        }

        using SafetensorsFile golden = SafetensorsFile.Open(Path.Combine(folder, "logits.safetensors"));
        using JsonDocument cases = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "cases.json")));
        await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(
            TestModels.SmolLm2(Precision.Fp32), new DlpLoraOptions { AdapterFolder = adapters, MaxConcurrentGenerations = 1 });
        List<string> different = [];
        double largest = 0;
        int compared = 0;
        foreach (JsonElement entry in cases.RootElement.EnumerateArray())
        {
            string key = entry.GetProperty("key").GetString()!;
            int[] greedy = Ids(entry, "greedy_ids");
            GenerationResult result = await engine.GenerateAsync(new GenerationRequest
            {
                InputIds = Ids(entry, "input_ids"),
                Mixture = Mixture.Create([.. entry.GetProperty("mixture").EnumerateObject().Select(p => new WeightedAdapter(p.Name, p.Value.GetSingle()))]),
                MaxTokens = 24,
                ReturnPromptLogits = true,
            });
            float[] expected = golden.ReadSingles(key);
            for (int i = 0; i < expected.Length; i++)
            {
                double difference = Math.Abs(expected[i] - result.PromptLogits![i]);
                Assert.IsLessThanOrEqualTo(2e-3 + (Math.Abs(expected[i]) / 2048), difference, $"{key}, token {i}");
                largest = Math.Max(largest, difference);
            }

            if (!greedy.SequenceEqual(result.OutputIds))
            {
                different.Add($"{key}: {string.Join(' ', result.OutputIds)} instead of {string.Join(' ', greedy)}");
            }

            compared++;
        }

        Console.WriteLine($"{compared} cases, largest difference {largest:g3}, other greedy answers: {string.Join("; ", different)}");
        Assert.AreEqual(40, compared);
        Assert.IsLessThanOrEqualTo(1, different.Count, string.Join("\n", different));
    }

    private static int[] Ids(JsonElement entry, string name) => [.. entry.GetProperty(name).EnumerateArray().Select(e => e.GetInt32())];
}
