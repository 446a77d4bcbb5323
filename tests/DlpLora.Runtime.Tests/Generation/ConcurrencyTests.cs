using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Generation;

/// <summary>Many requests at once on a real model, adapters that come and go, memory, and disposal.</summary>
[TestClass]
public sealed class ConcurrencyTests
{
    private static readonly string[] Names = ["a", "b", "c"];

    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-concurrency").FullName;

    [TestInitialize]
    public void WriteAdapters()
    {
        for (int i = 0; i < Names.Length; i++)
        {
            TinyAdapter.Random(i + 1).Write(Path.Combine(_folder, Names[i]));
        }
    }

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task EightAtOnceAnswerAsEachAlone()
    {
        GenerationRequest[] requests = [.. Enumerable.Range(0, 8).Select(Request)];
        List<int[]> alone = [];
        await using (DlpLoraEngine engine = await Load(1))
        {
            foreach (GenerationRequest request in requests)
            {
                alone.Add([.. (await engine.GenerateAsync(request)).OutputIds]);
            }
        }

        await using DlpLoraEngine together = await Load(4);
        GenerationResult[] results = await Task.WhenAll(requests.Select(r => together.GenerateAsync(r)));
        for (int i = 0; i < results.Length; i++)
        {
            CollectionAssert.AreEqual(alone[i], results[i].OutputIds.ToArray(), $"request {i}");
        }
    }

    [TestMethod]
    public async Task AnswersUnderChurnEqualThoseOfACleanRun()
    {
        GenerationRequest[] requests = [.. Enumerable.Range(0, 12).Select(Request)];
        List<int[]> clean = [];
        await using (DlpLoraEngine engine = await Load(1))
        {
            foreach (GenerationRequest request in requests)
            {
                clean.Add([.. (await engine.GenerateAsync(request)).OutputIds]);
            }
        }

        // Nothing stays resident, adapters are replaced by themselves all the time, and every third request is given up.
        await using DlpLoraEngine churned = await Load(3, o => (o.AdapterBudgetBytes, o.FusionBudgetBytes) = (0, 0));
        using CancellationTokenSource stop = new();
        Task churn = Task.Run(() =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                churned.Adapters.Add(Names[i % 3], Path.Combine(_folder, Names[i % 3]));
                Thread.Yield();
            }
        });
        for (int round = 0; round < 3; round++)
        {
            await Task.WhenAll(requests.Select(async (request, i) =>
            {
                if (i % 3 == 2)
                {
                    await foreach (GenerationUpdate update in churned.StreamAsync(request))
                    {
                        Assert.AreEqual(clean[i][0], update.TokenId);
                        break;
                    }

                    return;
                }

                CollectionAssert.AreEqual(clean[i], (await churned.GenerateAsync(request)).OutputIds.ToArray(), $"request {i}");
            }));
        }

        await stop.CancelAsync();
        await churn;
    }

    [TestMethod]
    public async Task AnAnswerUnderWayKeepsTheAdapterThatIsReplacedAndRemoved()
    {
        await using DlpLoraEngine engine = await Load(1);
        GenerationRequest request = Request(0) with { Mixture = Mixture.Of("a"), MaxTokens = 60 };
        int[] clean = [.. (await engine.GenerateAsync(request)).OutputIds];
        GenerationResult? result = null;
        bool replaced = false;
        await foreach (GenerationUpdate update in engine.StreamAsync(request))
        {
            if (!replaced)
            {
                replaced = true;
                engine.Adapters.Add("a", Path.Combine(_folder, "b"));
                engine.Adapters.Remove("a");
            }

            result = update.Result ?? result;
        }

        CollectionAssert.AreEqual(clean, result!.OutputIds.ToArray());
        await Assert.ThrowsExactlyAsync<UnknownAdapterException>(() => engine.GenerateAsync(request));
        engine.Adapters.Add("a", Path.Combine(_folder, "b"));
        int[] other = [.. (await engine.GenerateAsync(request)).OutputIds];
        CollectionAssert.AreNotEqual(clean, other);
        CollectionAssert.AreEqual((await engine.GenerateAsync(request with { Mixture = Mixture.Of("b") })).OutputIds.ToArray(), other);
    }

    [TestMethod]
    public async Task AnAdapterLeavesMemoryWithTheLastRequestThatUsesItWhenTheBudgetIsSmaller()
    {
        await using DlpLoraEngine engine = await Load(1, o => (o.AdapterBudgetBytes, o.FusionBudgetBytes) = (0, 0));
        await engine.GenerateAsync(Request(1));
        Assert.AreEqual(0, engine.Adapters.ResidentBytes);
        Assert.IsNotNull(engine.Adapters.Get("a").Digest, "it was in use");
    }

    [TestMethod]
    public async Task RequestsWaitForKvMemoryAndGetIt()
    {
        long one = KvCacheSize.Bytes(ModelManifest.Load(TinyModel.Shared.Folder), 128);
        await using DlpLoraEngine engine = await Load(4, o => o.KvBudgetBytes = one + 1);
        GenerationResult[] results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => engine.GenerateAsync(Request(i))));
        Assert.IsTrue(results.All(r => r.OutputIds.Count == 20));
    }

    [TestMethod]
    public async Task ARowThatBlowsUpFailsAloneInItsBatch()
    {
        TinyAdapter wild = TinyAdapter.Plain(1);
        wild.Write(Path.Combine(_folder, "wild"));
        foreach (TinyAdapter.Module module in wild.Modules.Values)
        {
            Array.Fill(module.A, 1e30f);
            Array.Fill(module.B, 1e30f);
        }

        wild.WriteWeights(Path.Combine(_folder, "wild"), DlpLora.Runtime.Safetensors.SafetensorsDataType.F32);
        await using DlpLoraEngine engine = await Load(4);
        int[] clean = [.. (await engine.GenerateAsync(Request(2))).OutputIds];
        Task<GenerationResult>[] sound = [.. Enumerable.Range(0, 3).Select(_ => engine.GenerateAsync(Request(2)))];
        InvalidLogitsException error = await Assert.ThrowsExactlyAsync<InvalidLogitsException>(
            () => engine.GenerateAsync(Request(2) with { Mixture = Mixture.Of("wild") }));
        Assert.Contains("wild", error.Message);
        foreach (GenerationResult result in await Task.WhenAll(sound))
        {
            CollectionAssert.AreEqual(clean, result.OutputIds.ToArray());
        }
    }

    [TestMethod]
    public async Task DisposingDrainsAndMayBeDoneTwice()
    {
        DlpLoraEngine engine = await Load(2);
        Task<GenerationResult>[] under = [.. Enumerable.Range(0, 5).Select(i => engine.GenerateAsync(Request(i)))];
        Task first = engine.DisposeAsync().AsTask();
        Task second = engine.DisposeAsync().AsTask();
        await Assert.ThrowsExactlyAsync<ObjectDisposedException>(() => engine.GenerateAsync(Request(0)));
        await Task.WhenAll(first, second);
        Assert.IsTrue(under.All(t => t.IsCompletedSuccessfully));
        await engine.DisposeAsync();
        DlpLoraEngine unused = await Load(1);
        await unused.DisposeAsync();
    }

    [TestMethod]
    public async Task AStreamThatIsLeftEarlyGivesItsCacheBack()
    {
        await using DlpLoraEngine engine = await Load(1, o => o.KvBudgetBytes = KvCacheSize.Bytes(ModelManifest.Load(TinyModel.Shared.Folder), 640));
        for (int i = 0; i < 5; i++)
        {
            await foreach (GenerationUpdate _ in engine.StreamAsync(Request(0) with { MaxTokens = 600 }))
            {
                break;
            }
        }

        Assert.HasCount(20, (await engine.GenerateAsync(Request(0))).OutputIds);
    }

    private static GenerationRequest Request(int i) => new()
    {
        InputIds = [256, 10 + i, 20, 30 + (i * 7 % 50)],
        MaxTokens = 20,
        Mixture = (i % 4) switch
        {
            0 => Mixture.Empty,
            1 => Mixture.Of("a"),
            2 => Mixture.Create(new("a", 0.5f), new("b", 0.5f)),
            _ => Mixture.Create(new("c", 1f), new("b", -0.3f)),
        },
    };

    private async Task<DlpLoraEngine> Load(int concurrent, Action<DlpLoraOptions>? change = null)
    {
        DlpLoraOptions options = new() { Threads = 1, Spinning = false, AdapterFolder = _folder, MaxConcurrentGenerations = concurrent };
        change?.Invoke(options);
        return await DlpLoraEngine.LoadAsync(TinyModel.Shared.Folder, options);
    }
}
