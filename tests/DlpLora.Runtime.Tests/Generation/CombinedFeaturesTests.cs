using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Generation;

/// <summary>
/// Batches, prompt lookup and prefix reuse at once, under switches that keep or recompute, questions answered one by one, stop strings, minima, shares,
/// cancellations and adapters that are added again: every answer is the one that the request gets alone, without any of them.
/// </summary>
[TestClass]
public sealed class CombinedFeaturesTests
{
    private static readonly string[] Sentences =
        ["It is purring, and purring again.", "It is barking, and barking again.", "Tell me of the sea. ", "A cat is purring?\n\nA dog is barking?", "the moon. barking the sea"];

    private readonly CatAndDog _files = new();

    [TestInitialize]
    public void WriteAdapters()
    {
        TinyAdapter.Plain(1).Write(Path.Combine(_files.Adapters, "twin"));
    }

    [TestCleanup]
    public void Cleanup() => _files.Delete();

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(2, 1)]
    [DataRow(3, 4)]
    [DataRow(4, 4)]
    [DataRow(5, 8)]
    public async Task AnswersAreThoseOfEachRequestAlone(int seed, int rows)
    {
        Random random = new(seed);
        GenerationRequest[] requests = [.. Enumerable.Range(0, 60).Select(_ => Request(random))];
        List<GenerationResult> clean = [];
        await using (DlpLoraEngine plain = Engine(new DlpLoraOptions { MaxConcurrentGenerations = 1 }))
        {
            foreach (GenerationRequest request in requests)
            {
                clean.Add(await plain.GenerateAsync(request));
            }
        }

        long budget = KvCacheSize.Bytes(ModelManifest.Load(TinyModel.Shared.Folder), 512) * Math.Max(2, rows / 2);
        int cached = 0;
        int right = 0;
        await using (DlpLoraEngine engine = Engine(new DlpLoraOptions
        {
            MaxConcurrentGenerations = rows,
            PromptLookup = true,
            PrefixReuse = true,
            PrefillChunk = 30,
            KvBudgetBytes = budget,
        }))
        {
            await Task.WhenAll(requests.Select(async (request, i) =>
            {
                if (i % 10 == 0)
                {
                    engine.Adapters.Add("dog", Path.Combine(_files.Adapters, "dog"));
                }

                if (i % 6 == 5)
                {
                    await foreach (GenerationUpdate update in engine.StreamAsync(request))
                    {
                        break;
                    }

                    return;
                }

                GenerationResult result = await engine.GenerateAsync(request);
                AssertSame(clean[i], result, $"request {i}: {request}");
                Interlocked.Add(ref cached, result.Usage.CachedTokens);
                Interlocked.Add(ref right, result.Usage.GuessedRightTokens);
            }));
        }

        Assert.IsGreaterThan(0, cached);
        Assert.IsGreaterThan(0, right);
        Assert.IsTrue(clean.Any(r => r.Answers.Count > 1));
        Assert.IsTrue(clean.Any(r => r.Answers.Count == 0 && r.Routing.Any(p => p.FirstToken > r.Usage.PromptTokens)), "switches");
        Assert.IsTrue(clean.Any(r => r.FinishReason == FinishReason.StopString));
    }

    private static GenerationRequest Request(Random random)
    {
        string text = string.Join(random.Next(2) == 0 ? " " : "\n\n", Enumerable.Range(0, random.Next(1, 4)).Select(_ => Sentences[random.Next(Sentences.Length)]));
        int maxTokens = random.Next(10) == 0 ? 0 : random.Next(1, 200);
        return GenerationRequest.ForUser(text) with
        {
            Mixture = random.Next(5) switch { 0 => Mixture.Create(new("cat", 0.5f), new("twin", 0.25f)), 1 => Mixture.Of("dog"), _ => null },
            RoutingPolicy = new RoutingPolicy { MaxAdapters = random.Next(1, 3), SwitchMargin = 0 },
            RoutingScope = RoutingScope.Sentence,
            SegmentAnswering = random.Next(2) == 0 ? SegmentAnswering.Together : SegmentAnswering.OneByOne,
            CacheOnSwitch = random.Next(2) == 0 ? CacheOnSwitch.Keep : CacheOnSwitch.Recompute,
            MaxTokens = maxTokens,
            MinTokens = random.Next(2) == 0 ? maxTokens / 2 : 0,
            StopStrings = random.Next(3) == 0 ? ["sea. purring b", "over over"] : [],
            Sampling = random.Next(2) == 0 ? SamplingOptions.Greedy : new SamplingOptions { Temperature = 2, TopP = 0.99f, RepetitionPenalty = 1.1f, Seed = random.Next() },
            Tenant = random.Next(4) == 0 ? "other" : null,
            Priority = (RequestPriority)random.Next(3),
            ReturnPromptLogits = true,
        };
    }

    private static void AssertSame(GenerationResult expected, GenerationResult actual, string message)
    {
        CollectionAssert.AreEqual(expected.PromptLogits, actual.PromptLogits, message);
        CollectionAssert.AreEqual(expected.OutputIds.ToArray(), actual.OutputIds.ToArray(), message);
        Assert.AreEqual(expected.Text, actual.Text, message);
        Assert.AreEqual(expected.FinishReason, actual.FinishReason, message);
        Assert.AreEqual(expected.Usage.PromptTokens, actual.Usage.PromptTokens, message);
        Assert.AreEqual(expected.Usage.CompletionTokens, actual.Usage.CompletionTokens, message);
        CollectionAssert.AreEqual(expected.Routing.Select(Describe).ToArray(), actual.Routing.Select(Describe).ToArray(), message);
        CollectionAssert.AreEqual(expected.Answers.Select(a => a.Text).ToArray(), actual.Answers.Select(a => a.Text).ToArray(), message);

        static string Describe(AppliedMixture part) => $"{part.FirstToken}-{part.EndToken} {part.Mixture}";
    }

    private DlpLoraEngine Engine(DlpLoraOptions options)
    {
        HistoryBackend backend = new();
        string router = KeywordRouter.Write(Path.Combine(_files.Folder, "router.safetensors"), null, ("cat", "purring"), ("dog", "barking"));
        return new DlpLoraEngine(EngineFixture.CreateParts(backend, options, _files.Adapters, Router.Load(router)));
    }
}
