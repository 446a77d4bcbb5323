using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Templates;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Generation;

/// <summary>Prompts that go on from what earlier ones left in the KV cache: what is used again, what is not, and that answers stay the same.</summary>
[TestClass]
public sealed class PrefixReuseTests
{
    private const float Tolerance = 1e-4f;

    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-prefix-reuse").FullName;

    [TestInitialize]
    public void WriteAdapters()
    {
        TinyAdapter.Random(1).Write(Path.Combine(_folder, "a"));
        TinyAdapter.Random(2).Write(Path.Combine(_folder, "b"));
        TinyAdapter.Random(1).Write(Path.Combine(_folder, "twin"));
    }

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task TheNextTurnGoesOnFromPromptAndAnswer()
    {
        await using DlpLoraEngine engine = await Load();
        await using DlpLoraEngine plain = await Load(o => o.PrefixReuse = false);
        GenerationRequest request = Request(Tokens(0, 50)) with { Mixture = Mixture.Of("a", 0.7f) };
        GenerationResult first = await engine.GenerateAsync(request);
        Assert.AreEqual(0, first.Usage.CachedTokens);
        GenerationRequest next = request with { InputIds = [.. request.InputIds!, .. first.OutputIds, .. Tokens(7, 9)] };
        GenerationResult second = await engine.GenerateAsync(next);
        Assert.AreEqual(50 + first.OutputIds.Count - 1, second.Usage.CachedTokens, "the last token of the answer was picked but never run");
        AssertSame(await plain.GenerateAsync(next), second);
        AssertSame(await plain.GenerateAsync(request), first);
    }

    [TestMethod]
    public async Task WithoutTheOptionNothingIsUsedAgainAndAnswersAreBitIdentical()
    {
        await using DlpLoraEngine engine = await Load(o => o.PrefixReuse = false);
        GenerationResult first = await engine.GenerateAsync(Request(Tokens(0, 50)));
        GenerationResult again = await engine.GenerateAsync(Request(Tokens(0, 50)));
        Assert.AreEqual(0, again.Usage.CachedTokens);
        CollectionAssert.AreEqual(first.PromptLogits, again.PromptLogits);
    }

    [TestMethod]
    public async Task TheLastTokenOfAPromptIsAlwaysRun()
    {
        await using DlpLoraEngine engine = await Load();
        GenerationResult first = await engine.GenerateAsync(Request(Tokens(0, 50)));
        GenerationResult again = await engine.GenerateAsync(Request(Tokens(0, 50)));
        Assert.AreEqual(49, again.Usage.CachedTokens);
        AssertSame(first, again);
        GenerationResult one = await engine.GenerateAsync(Request(Tokens(0, 1)));
        Assert.AreEqual(0, one.Usage.CachedTokens);
    }

    [TestMethod]
    public async Task WhatOtherWeightsComputedIsComputedAgain()
    {
        await using DlpLoraEngine engine = await Load(o => o.MaxConcurrentGenerations = 8);
        GenerationRequest request = Request(Tokens(0, 50));
        await engine.GenerateAsync(request with { Mixture = Mixture.Of("a") });
        Assert.AreEqual(0, await Cached(Mixture.Empty));
        Assert.AreEqual(0, await Cached(Mixture.Of("b")));
        Assert.AreEqual(0, await Cached(Mixture.Of("a", 0.5f)));
        Assert.AreEqual(0, await Cached(Mixture.Create(new("a", 1), new("b", 1))));
        Assert.AreEqual(49, await Cached(Mixture.Of("a")));
        Assert.AreEqual(49, await Cached(Mixture.Of("twin")), "the same weights under another name");
        Assert.AreEqual(49, await Cached(Mixture.Create(new("a", 0.25f), new("twin", 0.25f))), "0.5 of them in all");

        async Task<int> Cached(Mixture mixture) => (await engine.GenerateAsync(request with { Mixture = mixture })).Usage.CachedTokens;
    }

    [TestMethod]
    public async Task AnAdapterReplacedUnderItsNameIsAnother()
    {
        await using DlpLoraEngine engine = await Load();
        GenerationRequest request = Request(Tokens(0, 50)) with { Mixture = Mixture.Of("a") };
        await engine.GenerateAsync(request);
        engine.Adapters.Add("a", Path.Combine(_folder, "b"));
        GenerationResult replaced = await engine.GenerateAsync(request);
        Assert.AreEqual(0, replaced.Usage.CachedTokens);
        await using DlpLoraEngine plain = await Load(o => o.PrefixReuse = false);
        AssertSame(await plain.GenerateAsync(request with { Mixture = Mixture.Of("b") }), replaced);
    }

    [TestMethod]
    public async Task TenantsShareNothing()
    {
        await using DlpLoraEngine engine = await Load();
        GenerationRequest request = Request(Tokens(0, 50));
        await engine.GenerateAsync(request with { Tenant = "x" });
        Assert.AreEqual(0, (await engine.GenerateAsync(request with { Tenant = "y" })).Usage.CachedTokens);
        Assert.AreEqual(0, (await engine.GenerateAsync(request)).Usage.CachedTokens);
        Assert.AreEqual(49, (await engine.GenerateAsync(request with { Tenant = "x" })).Usage.CachedTokens);
    }

    [TestMethod]
    public async Task WhatTheBudgetHasNoRoomForLeaves()
    {
        await using DlpLoraEngine engine = await Load(o => o.KvBudgetBytes = KvCacheSize.Bytes(ModelManifest.Load(TinyModel.Shared.Folder), 128));
        await engine.GenerateAsync(Request(Tokens(0, 50)));
        Assert.AreEqual(49, (await engine.GenerateAsync(Request(Tokens(0, 50)))).Usage.CachedTokens);
        Assert.AreEqual(0, (await engine.GenerateAsync(Request(Tokens(1, 50)))).Usage.CachedTokens);
        Assert.AreEqual(0, (await engine.GenerateAsync(Request(Tokens(0, 50)))).Usage.CachedTokens);
    }

    [TestMethod]
    public async Task WhatACancelledRequestHasReadIsUsedAgain()
    {
        using CancellationTokenSource stop = new();
        ScriptedBackend backend = new("answer");
        backend.OnRun = run =>
        {
            if (run == 2)
            {
                stop.Cancel();
            }
        };
        await using DlpLoraEngine engine = backend.CreateEngine(new DlpLoraOptions { PrefixReuse = true, PrefillChunk = 16 });
        GenerationRequest request = new() { InputIds = new int[600] };
        await Assert.ThrowsAsync<OperationCanceledException>(() => engine.GenerateAsync(request, stop.Token));
        GenerationResult result = await engine.GenerateAsync(request);
        Assert.AreEqual("answer", result.Text);
        Assert.AreEqual(48, result.Usage.CachedTokens);
    }

    [TestMethod]
    public async Task ARequestThatFailedLeavesNothing()
    {
        ScriptedBackend backend = new("answer");
        backend.OnRun = run =>
        {
            if (run == 3)
            {
                throw new DlpLoraException("a fault of the model");
            }
        };
        await using DlpLoraEngine engine = backend.CreateEngine(new DlpLoraOptions { PrefixReuse = true, PrefillChunk = 16 });
        GenerationRequest request = new() { InputIds = new int[100] };
        await Assert.ThrowsExactlyAsync<DlpLoraException>(() => engine.GenerateAsync(request));
        Assert.AreEqual(0, (await engine.GenerateAsync(request)).Usage.CachedTokens);
    }

    [TestMethod]
    public async Task AConversationGoesOnThroughTheTemplate()
    {
        await using DlpLoraEngine engine = new ScriptedBackend("an answer").CreateEngine(new DlpLoraOptions { PrefixReuse = true, MaxConcurrentGenerations = 1 });
        List<ChatMessage> conversation = [new("user", "a question")];
        int before = 0;
        for (int turn = 0; turn < 4; turn++)
        {
            GenerationResult result = await engine.GenerateAsync(new GenerationRequest { Messages = [.. conversation] });
            Assert.AreEqual("an answer", result.Text);
            Assert.AreEqual(before, result.Usage.CachedTokens);
            before = result.Usage.PromptTokens + result.OutputIds.Count - 1;
            conversation.Add(new("assistant", result.Text!));
            conversation.Add(new("user", $"question {turn}"));
        }
    }

    [TestMethod]
    public async Task QuestionsAnsweredOneByOneAreEachUsedAgain()
    {
        string router = KeywordRouter.Write(Path.Combine(_folder, "router.safetensors"), null, ("a", "rhyme"), ("b", "plus"));
        DlpLoraOptions options = new() { PrefixReuse = true, RoutingScope = RoutingScope.Sentence, SegmentAnswering = SegmentAnswering.OneByOne };
        options.RouterFile = router;
        options.AdapterFolder = _folder;
        await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(TinyModel.Shared.Folder, options);
        options.PrefixReuse = false;
        await using DlpLoraEngine plain = await DlpLoraEngine.LoadAsync(TinyModel.Shared.Folder, options);
        GenerationRequest request = GenerationRequest.ForUser("Write a rhyme about the sea. What is two plus three?") with { MaxTokens = 20, ReturnPromptLogits = true };
        AssertSame(await plain.GenerateAsync(request), await engine.GenerateAsync(request));
        GenerationResult again = await engine.GenerateAsync(request);
        Assert.IsGreaterThan(0, again.Usage.CachedTokens);
        AssertSame(await plain.GenerateAsync(request), again);
    }

    [TestMethod]
    public async Task RowsThatReadTheSameBeginningCopyIt()
    {
        await using DlpLoraEngine engine = await Load();
        await using DlpLoraEngine plain = await Load(o => (o.PrefixReuse, o.MaxConcurrentGenerations) = (false, 1));
        int[] system = Tokens(3, 150);
        GenerationRequest[] requests = [.. Enumerable.Range(0, 8).Select(i => Request([.. system, .. Tokens(10 + i, 5 + i)]) with { Mixture = Mixture.Of("a") })];
        GenerationResult[] results = await Task.WhenAll(requests.Select(r => engine.GenerateAsync(r)));
        Assert.AreEqual(7, results.Count(r => r.Usage.CachedTokens >= system.Length), "all but the first");
        for (int i = 0; i < requests.Length; i++)
        {
            AssertSame(await plain.GenerateAsync(requests[i]), results[i]);
        }
    }

    [TestMethod]
    public async Task AnswersUnderChurnEqualThoseWithoutReuse()
    {
        Random random = new(5);
        List<int[]> beginnings = [Tokens(0, 20), Tokens(1, 130)];
        Mixture[] mixtures = [Mixture.Empty, Mixture.Of("a"), Mixture.Create(new("a", 0.4f), new("b", 0.6f))];
        List<GenerationRequest> requests = [];
        for (int i = 0; i < 60; i++)
        {
            int[] beginning = beginnings[random.Next(beginnings.Count)];
            int[] ids = [.. beginning[..random.Next(1, beginning.Length + 1)], .. Tokens(random.Next(4), random.Next(1, 40))];
            beginnings.Add(ids.Length < 300 ? ids : beginning);
            requests.Add(Request(ids) with
            {
                Mixture = mixtures[random.Next(mixtures.Length)],
                MaxTokens = random.Next(0, 12),
                Tenant = random.Next(4) == 0 ? "other" : null,
            });
        }

        List<GenerationResult> clean = [];
        await using (DlpLoraEngine plain = await Load(o => (o.PrefixReuse, o.MaxConcurrentGenerations) = (false, 1)))
        {
            foreach (GenerationRequest request in requests)
            {
                clean.Add(await plain.GenerateAsync(request));
            }
        }

        long budget = KvCacheSize.Bytes(ModelManifest.Load(TinyModel.Shared.Folder), 384) * 2;
        await using DlpLoraEngine engine = await Load(o => (o.KvBudgetBytes, o.PrefillChunk) = (budget, 50));
        int cached = 0;
        await Task.WhenAll(requests.Select(async (request, i) =>
        {
            if (i % 5 == 4)
            {
                await foreach (GenerationUpdate update in engine.StreamAsync(request))
                {
                    break;
                }

                return;
            }

            GenerationResult result = await engine.GenerateAsync(request);
            AssertSame(clean[i], result);
            Interlocked.Add(ref cached, result.Usage.CachedTokens);
        }));
        Assert.IsGreaterThan(0, cached);
    }

    private static int[] Tokens(int kind, int count) => [.. Enumerable.Range(0, count).Select(i => ((i * 37) + (kind * 11)) % 250)];

    private static GenerationRequest Request(int[] ids) => new() { InputIds = ids, MaxTokens = 12, ReturnPromptLogits = true };

    private static void AssertSame(GenerationResult expected, GenerationResult actual)
    {
        CollectionAssert.AreEqual(expected.OutputIds.ToArray(), actual.OutputIds.ToArray());
        for (int i = 0; i < expected.PromptLogits!.Length; i++)
        {
            Assert.AreEqual(expected.PromptLogits[i], actual.PromptLogits![i], Tolerance, $"logit {i}");
        }
    }

    private async Task<DlpLoraEngine> Load(Action<DlpLoraOptions>? change = null)
    {
        DlpLoraOptions options = new() { Threads = 1, Spinning = false, AdapterFolder = _folder, MaxConcurrentGenerations = 4, PrefixReuse = true };
        change?.Invoke(options);
        return await DlpLoraEngine.LoadAsync(TinyModel.Shared.Folder, options);
    }
}
