using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Fusion.Compression;

/// <summary>Compressed mixtures through the engine: told to the caller, and the same in a batch as alone.</summary>
[TestClass]
public sealed class CompressedGenerationTests
{
    private static readonly Mixture Wide = Mixture.Create(new("a", 0.6f), new("b", 0.4f), new("c", -0.3f));
    private static readonly Mixture Narrow = Mixture.Of("a");

    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-compressed").FullName;

    [TestInitialize]
    public void WriteAdapters()
    {
        foreach ((string name, int seed) in new[] { ("a", 1), ("b", 2), ("c", 3) })
        {
            TinyAdapter.Plain(seed, rank: 4, [.. TinyModel.Linear.Select(l => l.Module)]).Write(Path.Combine(_folder, name));
        }
    }

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task TheResultTellsWhatWasLost()
    {
        await using DlpLoraEngine engine = await Load(rank: 6);
        GenerationResult wide = await engine.GenerateAsync(Request(Wide, 1));
        Assert.IsTrue(wide.Routing.All(r => r.Mixture.Equals(Wide)), "the mixture is told as it was asked for");
        MixtureCompression compression = wide.Routing[^1].Compression!;
        Assert.AreEqual((12, 6), (compression.MixtureRank, compression.Rank));
        Assert.IsInRange(0.05, 0.95, compression.Error);
        Assert.IsInRange(compression.Error, 0.95, compression.WorstModuleError);
        GenerationResult narrow = await engine.GenerateAsync(Request(Narrow, 1));
        Assert.IsTrue(narrow.Routing.All(r => r.Compression is null));
        await using DlpLoraEngine exact = await Load(rank: null);
        CollectionAssert.AreEqual((await exact.GenerateAsync(Request(Narrow, 1))).PromptLogits, narrow.PromptLogits);
        CollectionAssert.AreNotEqual((await exact.GenerateAsync(Request(Wide, 1))).PromptLogits, wide.PromptLogits);
    }

    [TestMethod]
    public async Task AnswersOfABatchAreThoseOfEachRequestAlone()
    {
        Mixture[] mixtures = [Wide, Narrow, Mixture.Create(new("a", 1f), new("b", 0.5f)), Mixture.Empty, Mixture.Create(new("b", 0.2f), new("c", 0.9f)), Wide];
        GenerationRequest[] requests = [.. Enumerable.Range(0, 24).Select(i => Request(mixtures[i % mixtures.Length], i))];
        List<GenerationResult> alone = [];
        await using (DlpLoraEngine engine = await Load(rank: 5))
        {
            foreach (GenerationRequest request in requests)
            {
                alone.Add(await engine.GenerateAsync(request));
            }
        }

        await using DlpLoraEngine batched = await Load(rank: 5, fusionBudget: 1 << 16);
        GenerationResult[] together = await Task.WhenAll(requests.Select(r => batched.GenerateAsync(r)));
        for (int i = 0; i < requests.Length; i++)
        {
            CollectionAssert.AreEqual(alone[i].OutputIds.ToArray(), together[i].OutputIds.ToArray(), $"request {i}");
            Assert.AreEqual(alone[i].Routing[^1].Compression, together[i].Routing[^1].Compression);
        }
    }

    [TestMethod]
    public async Task ARequestThatIsCancelledWhileOthersRunLeavesThemRunning()
    {
        await using DlpLoraEngine engine = await Load(rank: 2);
        using CancellationTokenSource cancellation = new();
        Task<GenerationResult> first = engine.GenerateAsync(Request(Narrow, 1) with { MaxTokens = 60, MinTokens = 60 });
        Task<GenerationResult> second = engine.GenerateAsync(Request(Wide, 2), cancellation.Token);
        await cancellation.CancelAsync();
        Task<GenerationResult> third = engine.GenerateAsync(Request(Wide, 3));
        Assert.HasCount(60, (await first).OutputIds);
        Assert.IsNotNull((await third).Routing[^1].Compression);
        try
        {
            await second;
        }
        catch (OperationCanceledException)
        {
            // Unless it was done before.
        }
    }

    private Task<DlpLoraEngine> Load(int? rank, long fusionBudget = 256L << 20) => DlpLoraEngine.LoadAsync(
        TinyModel.Shared.Folder,
        new DlpLoraOptions { AdapterFolder = _folder, Threads = 1, Spinning = false, MaxMixtureRank = rank, MaxConcurrentGenerations = 4, FusionBudgetBytes = fusionBudget });

    private static GenerationRequest Request(Mixture mixture, int seed) => new()
    {
        InputIds = [256, 17, 200 - seed, 3 + seed, 99],
        Mixture = mixture,
        MaxTokens = 10,
        MinTokens = 10,
        ReturnPromptLogits = true,
    };
}
