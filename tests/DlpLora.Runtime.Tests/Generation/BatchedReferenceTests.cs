using DlpLora.OnnxExport;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;
using DlpLora.Testing;

namespace DlpLora.Runtime.Tests.Generation;

/// <summary>SmolLM2 in fp32 with trained adapters: many mixtures at once, in odd order, with some given up.</summary>
[TestClass]
public sealed class BatchedReferenceTests
{
    private const int Requests = 9;

    [TestMethod]
    [TestCategory(SharedData.Category)]
    public async Task RowsDecodedTogetherGiveTheIdsOfEachAlone()
    {
        if (SharedData.Find("adapters") is not { } adapters)
        {
            Assert.Inconclusive(SharedData.Missing);
            return;
        }

        string model = TestModels.SmolLm2(Precision.Fp32);
        List<int[]> alone = [];
        string[] names;
        await using (DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(model, new DlpLoraOptions { AdapterFolder = adapters, MaxConcurrentGenerations = 1, Spinning = false }))
        {
            names = [.. engine.Adapters.Names.Order(StringComparer.Ordinal)];
            for (int i = 0; i < Requests; i++)
            {
                alone.Add([.. (await engine.GenerateAsync(Request(names, i))).OutputIds]);
            }
        }

        await using DlpLoraEngine together = await DlpLoraEngine.LoadAsync(model, new DlpLoraOptions { AdapterFolder = adapters, MaxConcurrentGenerations = 5, Spinning = false });
        int[] order = [.. Enumerable.Range(0, Requests).Select(i => i * 4 % Requests)];
        await Task.WhenAll(order.Select(async i =>
        {
            if (i % 4 == 3)
            {
                // Given up after so many tokens.
                int left = i;
                await foreach (GenerationUpdate update in together.StreamAsync(Request(names, i)))
                {
                    Assert.AreEqual(alone[i][i - left], update.TokenId, $"request {i}");
                    if (left-- == 0)
                    {
                        break;
                    }
                }

                return;
            }

            CollectionAssert.AreEqual(alone[i], (await together.GenerateAsync(Request(names, i))).OutputIds.ToArray(), $"request {i}");
        }));
    }

    /// <summary>Prompts of 5 to 90 tokens; the base, one adapter or three.</summary>
    private static GenerationRequest Request(string[] names, int i) => new()
    {
        InputIds = [.. Enumerable.Range(0, 5 + (i * 37 % 86)).Select(t => 400 + (((t * 7) + (i * 131)) % 20_000))],
        MaxTokens = 10 + (i * 5 % 12),
        MinTokens = 10,
        Mixture = (i % 3) switch
        {
            0 => Mixture.Empty,
            1 => Mixture.Of(names[i % names.Length]),
            _ => Mixture.Create(new(names[i % names.Length], 0.5f), new(names[(i + 1) % names.Length], 0.3f), new(names[(i + 5) % names.Length], 0.2f)),
        },
    };
}
