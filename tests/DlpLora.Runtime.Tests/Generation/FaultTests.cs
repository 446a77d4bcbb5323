using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Tests.Fixtures;
using Microsoft.Extensions.Logging;

namespace DlpLora.Runtime.Tests.Generation;

/// <summary>What goes wrong in one request, and leaves the others alone.</summary>
[TestClass]
public sealed class FaultTests
{
    [TestMethod]
    public async Task ALoggerThatThrowsFailsTheRequestAlone()
    {
        ScriptedBackend backend = new("x");
        await using DlpLoraEngine engine = backend.CreateEngine(log: new BrokenLogger());
        await Assert.ThrowsExactlyAsync<AggregateException>(() => engine.GenerateAsync(new GenerationRequest { InputIds = [1], Mixture = Mixture.Of("missing") }));
        await Assert.ThrowsExactlyAsync<AggregateException>(() => engine.GenerateAsync(new GenerationRequest { InputIds = [1], Mixture = Mixture.Of("missing") }));
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

    private sealed class BrokenLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new IOException("the log's disk is full");
    }
}
