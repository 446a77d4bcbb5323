using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Tests.Fixtures;
using Microsoft.Extensions.Logging;

namespace DlpLora.Runtime.Tests.Generation;

/// <summary>Many requests at once, adapters that come and go, cancellation and disposal.</summary>
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
    public async Task CancellationStopsALongPromptBetweenItsChunks()
    {
        using CancellationTokenSource stop = new();
        ScriptedBackend backend = new("answer") { OnRun = run => CancelAt(run, 2, stop) };
        await using DlpLoraEngine engine = backend.CreateEngine(new DlpLoraOptions { PrefillChunk = 16 });
        GenerationRequest request = new() { InputIds = new int[600] };
        OperationCanceledException error = await Assert.ThrowsExactlyAsync<TaskCanceledException>(() => engine.GenerateAsync(request, stop.Token));
        Assert.AreEqual(stop.Token, error.CancellationToken);
        Assert.HasCount(3, backend.Runs);
        backend.OnRun = null;
        Assert.AreEqual("answer", (await engine.GenerateAsync(request)).Text);
        Assert.AreEqual(1, backend.Decoders, "the cache is used again");
    }

    [TestMethod]
    public async Task CancellationStopsAnAnswerBetweenTwoTokens()
    {
        using CancellationTokenSource stop = new();
        ScriptedBackend backend = new("a long answer") { OnRun = run => CancelAt(run, 4, stop) };
        await using DlpLoraEngine engine = backend.CreateEngine();
        List<int> tokens = [];
        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (GenerationUpdate update in engine.StreamAsync(new GenerationRequest { InputIds = [1] }, stop.Token))
            {
                tokens.Add(update.TokenId!.Value);
            }
        });
        Assert.HasCount(5, backend.Runs);
        Assert.IsLessThanOrEqualTo(5, tokens.Count);
    }

    [TestMethod]
    public async Task ACancelledRequestNeverRuns()
    {
        ScriptedBackend backend = new("x");
        await using DlpLoraEngine engine = backend.CreateEngine();
        await Assert.ThrowsExactlyAsync<TaskCanceledException>(
            () => engine.GenerateAsync(new GenerationRequest { InputIds = [1] }, new CancellationToken(canceled: true)));
        Assert.IsEmpty(backend.Runs);
    }

    [TestMethod]
    public async Task MoreThanTheQueueHoldsAreTurnedAwayAndOneThatLeavesMakesRoom()
    {
        using ManualResetEventSlim running = new();
        using ManualResetEventSlim go = new();
        ScriptedBackend backend = new("x")
        {
            OnRun = _ =>
            {
                running.Set();
                go.Wait();
            },
        };
        await using DlpLoraEngine engine = backend.CreateEngine(new DlpLoraOptions { MaxConcurrentGenerations = 1, QueueLimit = 1 });
        GenerationRequest request = new() { InputIds = [1] };
        Task<GenerationResult> first = engine.GenerateAsync(request);
        running.Wait();
        using CancellationTokenSource leave = new();
        Task<GenerationResult> waiting = engine.GenerateAsync(request, leave.Token);
        QueueFullException error = await Assert.ThrowsExactlyAsync<QueueFullException>(() => engine.GenerateAsync(request));
        Assert.AreEqual(1, error.Limit);
        await leave.CancelAsync();
        await Assert.ThrowsExactlyAsync<TaskCanceledException>(() => waiting);
        Task<GenerationResult> next = engine.GenerateAsync(request);
        go.Set();
        Assert.AreEqual("x", (await first).Text);
        Assert.AreEqual("x", (await next).Text);
    }

    [TestMethod]
    public async Task AnAnswerThatIsAwaitedHasLeftItsPlaceInTheQueue()
    {
        await using DlpLoraEngine engine = new ScriptedBackend("x").CreateEngine(new DlpLoraOptions { MaxConcurrentGenerations = 1, QueueLimit = 0 });
        for (int i = 0; i < 500; i++)
        {
            Assert.AreEqual("x", (await engine.GenerateAsync(new GenerationRequest { InputIds = [1] })).Text);
        }
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
    public async Task ALoggerThatThrowsFailsTheRequestAlone()
    {
        ScriptedBackend backend = new("x");
        await using DlpLoraEngine engine = backend.CreateEngine(log: new BrokenLogger());
        await Assert.ThrowsExactlyAsync<AggregateException>(() => engine.GenerateAsync(new GenerationRequest { InputIds = [1], Mixture = Mixture.Of("missing") }));
        await Assert.ThrowsExactlyAsync<AggregateException>(() => engine.GenerateAsync(new GenerationRequest { InputIds = [1], Mixture = Mixture.Of("missing") }));
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
    public async Task SmallRequestsDoNotPassALargeOneThatWaitsForMemory()
    {
        ScriptedBackend backend = new("x");
        await using DlpLoraEngine engine = backend.CreateEngine(new DlpLoraOptions { MaxConcurrentGenerations = 4, KvBudgetBytes = KvCacheSize.Bytes(backend.Model, 384) });
        await Task.WhenAll(
            engine.GenerateAsync(new GenerationRequest { InputIds = new int[5], MaxTokens = 250 }),
            engine.GenerateAsync(new GenerationRequest { InputIds = new int[6], MaxTokens = 370 }),
            engine.GenerateAsync(new GenerationRequest { InputIds = new int[7], MaxTokens = 10 }));
        CollectionAssert.AreEqual(new[] { 5, 6, 7 }, backend.Runs.Select(r => r.Tokens).Where(t => t > 1).ToArray());
    }

    [TestMethod]
    public async Task AFaultOfTheModelFailsTheRequestAlone()
    {
        ScriptedBackend backend = new("x") { OnRun = run => throw new DlpLoraException("a fault of the model") };
        await using DlpLoraEngine engine = backend.CreateEngine();
        DlpLoraException error = await Assert.ThrowsExactlyAsync<DlpLoraException>(() => engine.GenerateAsync(new GenerationRequest { InputIds = [1] }));
        Assert.AreEqual("a fault of the model", error.Message);
        backend.OnRun = null;
        Assert.AreEqual("x", (await engine.GenerateAsync(new GenerationRequest { InputIds = [1] })).Text);
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
    public async Task AFaultWhileRowsRunTogetherShowsWhoseItIs()
    {
        // The third run of several rows fails; each of them alone goes on, but for the one whose turn it is to fail again.
        using ManualResetEventSlim go = new();
        ScriptedBackend backend = new("a long answer") { OnRun = _ => go.Wait() };
        int together = 0;
        int failing = -1;
        backend.OnBatch = (run, rows) =>
        {
            if (rows > 1 && ++together == 3)
            {
                failing = run + 1;
                throw new DlpLoraException("a fault of the batch");
            }

            if (run == failing)
            {
                throw new DlpLoraException("a fault of one row");
            }
        };
        await using DlpLoraEngine engine = backend.CreateEngine(new DlpLoraOptions { MaxConcurrentGenerations = 3 });
        Task<GenerationResult>[] tasks = [.. Enumerable.Range(0, 3).Select(_ => engine.GenerateAsync(new GenerationRequest { InputIds = [1] }))];
        go.Set();
        await ((Task)Task.WhenAll(tasks)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Assert.AreEqual(1, tasks.Count(t => t.IsFaulted));
        Assert.AreEqual("a fault of one row", tasks.Single(t => t.IsFaulted).Exception!.InnerException!.Message);
        Assert.IsTrue(tasks.Where(t => !t.IsFaulted).All(t => t.Result.Text == "a long answer"));
    }

    [TestMethod]
    public async Task RequestsJoinThoseThatDecodeAndAreReadInPiecesBetweenTheirTokens()
    {
        ScriptedBackend backend = new(new string('y', 60));
        await using DlpLoraEngine engine = backend.CreateEngine(new DlpLoraOptions { MaxConcurrentGenerations = 2 });
        Task<GenerationResult>? second = null;
        backend.OnRun = run =>
        {
            if (run == 5)
            {
                second = engine.GenerateAsync(new GenerationRequest { InputIds = new int[200], MaxTokens = 3 });
            }
        };
        GenerationResult first = await engine.GenerateAsync(new GenerationRequest { InputIds = [1], MaxTokens = 61 });
        Assert.AreEqual(new string('y', 60), first.Text);
        Assert.AreEqual("yyy", (await second!).Text);

        // Its 200 tokens in four pieces, after each a token of the first; then both together.
        (int Rows, int Tokens)[] expected = [(1, 64), (1, 1), (1, 64), (1, 1), (1, 64), (1, 1), (1, 8), (2, 1), (2, 1), (1, 1)];
        CollectionAssert.AreEqual(expected, backend.Runs.Skip(6).Take(expected.Length).Select(r => (r.Rows, r.Tokens)).ToArray());
    }

    [TestMethod]
    public async Task HigherPrioritiesComeFirstAndTenantsInTurn()
    {
        using ManualResetEventSlim running = new();
        using ManualResetEventSlim go = new();
        ScriptedBackend backend = new("x")
        {
            OnRun = _ =>
            {
                running.Set();
                go.Wait();
            },
        };
        await using DlpLoraEngine engine = backend.CreateEngine(new DlpLoraOptions { MaxConcurrentGenerations = 1 });
        List<Task> tasks = [engine.GenerateAsync(new GenerationRequest { InputIds = [1] })];
        running.Wait();

        // A request is told by the length of its prompt.
        Ask(10, "a", RequestPriority.Normal);
        Ask(11, "a", RequestPriority.Normal);
        Ask(12, "a", RequestPriority.Normal);
        Ask(20, "b", RequestPriority.Normal);
        Ask(30, null, RequestPriority.Low);
        Ask(40, "a", RequestPriority.High);
        go.Set();
        await Task.WhenAll(tasks);
        CollectionAssert.AreEqual(new[] { 40, 10, 20, 11, 12, 30 }, backend.Runs.Select(r => r.Tokens).Where(t => t > 1).ToArray());

        void Ask(int length, string? tenant, RequestPriority priority) =>
            tasks.Add(engine.GenerateAsync(new GenerationRequest { InputIds = new int[length], Tenant = tenant, Priority = priority }));
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

    private static void CancelAt(int run, int at, CancellationTokenSource source)
    {
        if (run == at)
        {
            source.Cancel();
        }
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

    private sealed class BrokenLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new IOException("the log's disk is full");
    }

    private async Task<DlpLoraEngine> Load(int concurrent, Action<DlpLoraOptions>? change = null)
    {
        DlpLoraOptions options = new() { Threads = 1, Spinning = false, AdapterFolder = _folder, MaxConcurrentGenerations = concurrent };
        change?.Invoke(options);
        return await DlpLoraEngine.LoadAsync(TinyModel.Shared.Folder, options);
    }
}
