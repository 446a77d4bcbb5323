using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Generation;

/// <summary>Who waits, for how long, and who goes first.</summary>
[TestClass]
public sealed class WaitingTests
{
    [TestMethod]
    public async Task MoreThanTheQueueHoldsAreTurnedAwayAndOneThatLeavesMakesRoom()
    {
        using RunGate gate = new();
        ScriptedBackend backend = new("x") { OnRun = _ => gate.Pass() };
        await using DlpLoraEngine engine = backend.CreateEngine(new DlpLoraOptions { MaxConcurrentGenerations = 1, QueueLimit = 1 });
        GenerationRequest request = new() { InputIds = [1] };
        Task<GenerationResult> first = engine.GenerateAsync(request);
        gate.WaitForRun();
        using CancellationTokenSource leave = new();
        Task<GenerationResult> waiting = engine.GenerateAsync(request, leave.Token);
        QueueFullException error = await Assert.ThrowsExactlyAsync<QueueFullException>(() => engine.GenerateAsync(request));
        Assert.AreEqual(1, error.Limit);
        await leave.CancelAsync();
        await Assert.ThrowsExactlyAsync<TaskCanceledException>(() => waiting);
        Task<GenerationResult> next = engine.GenerateAsync(request);
        gate.Open();
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
        using RunGate gate = new();
        ScriptedBackend backend = new("x") { OnRun = _ => gate.Pass() };
        await using DlpLoraEngine engine = backend.CreateEngine(new DlpLoraOptions { MaxConcurrentGenerations = 1 });
        List<Task> tasks = [engine.GenerateAsync(new GenerationRequest { InputIds = [1] })];
        gate.WaitForRun();

        // A request is told by the length of its prompt.
        Ask(10, "a", RequestPriority.Normal);
        Ask(11, "a", RequestPriority.Normal);
        Ask(12, "a", RequestPriority.Normal);
        Ask(20, "b", RequestPriority.Normal);
        Ask(30, null, RequestPriority.Low);
        Ask(40, "a", RequestPriority.High);
        gate.Open();
        await Task.WhenAll(tasks);
        CollectionAssert.AreEqual(new[] { 40, 10, 20, 11, 12, 30 }, backend.Runs.Select(r => r.Tokens).Where(t => t > 1).ToArray());

        void Ask(int length, string? tenant, RequestPriority priority) =>
            tasks.Add(engine.GenerateAsync(new GenerationRequest { InputIds = new int[length], Tenant = tenant, Priority = priority }));
    }

    [TestMethod]
    public async Task ALowerPriorityIsServedOnceItWasPassedEightTimes()
    {
        using RunGate gate = new();
        ScriptedBackend backend = new("x") { OnRun = _ => gate.Pass() };
        await using DlpLoraEngine engine = backend.CreateEngine(new DlpLoraOptions { MaxConcurrentGenerations = 1 });
        List<Task> tasks = [engine.GenerateAsync(new GenerationRequest { InputIds = [1] })];
        gate.WaitForRun();

        // Lengths of prompts: 1x low, 2x normal, 3x and 4x high.
        Ask(RequestPriority.Low, 10, 11);
        Ask(RequestPriority.Normal, 20, 21);
        Ask(RequestPriority.High, [.. Enumerable.Range(30, 20)]);
        gate.Open();
        await Task.WhenAll(tasks);
        int[] served = [.. backend.Runs.Select(r => r.Tokens).Where(t => t > 1)];
        CollectionAssert.AreEqual(new[] { 30, 31, 32, 33, 34, 35, 36, 37, 20, 10, 38 }, served[..11]);
        Assert.AreEqual(21, served[18]);
        Assert.AreEqual(11, served[19]);

        void Ask(RequestPriority priority, params int[] lengths) =>
            tasks.AddRange(lengths.Select(l => engine.GenerateAsync(new GenerationRequest { InputIds = new int[l], Priority = priority })));
    }
}
