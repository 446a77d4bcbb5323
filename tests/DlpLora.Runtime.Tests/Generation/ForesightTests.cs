using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Tests.Backends;
using DlpLora.Runtime.Tests.Fixtures;
using Microsoft.Extensions.Logging;

namespace DlpLora.Runtime.Tests.Generation;

/// <summary>Adapters of waiting requests are in memory before their turn comes.</summary>
[TestClass]
public sealed class ForesightTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-foresight").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task LoadsAndStacksWhatAWaitingRequestNames()
    {
        using OpenModel model = Open();
        EngineParts parts = EngineFixture.CreateParts(model);
        using GenerationJob job = Job(parts, Mixture.Create(new("a", 0.5f), new("b", 0.5f)));
        Foresight foresight = new(parts);
        foresight.Expect(job);
        await foresight.StopAsync();
        Assert.IsTrue(model.Adapters.Get("a").IsResident);
        Assert.IsTrue(model.Adapters.Get("b").IsResident);
        Assert.IsGreaterThan(0L, model.Fusion.Bytes);
        parts.Rows.Dispose();
    }

    [TestMethod]
    public async Task ARequestThatCannotBeForeseenLeavesTheNextOnesForeseen()
    {
        using OpenModel model = Open();
        EngineParts parts = EngineFixture.CreateParts(model);
        File.WriteAllText(Path.Combine(_folder, "a", "adapter_config.json"), "no configuration");
        using GenerationJob broken = Job(parts, Mixture.Of("a"));
        using GenerationJob unknown = Job(parts, Mixture.Of("nobody"));
        using GenerationJob good = Job(parts, Mixture.Of("b"));
        Foresight foresight = new(parts);
        foresight.Expect(broken);
        foresight.Expect(unknown);
        foresight.Expect(good);
        await foresight.StopAsync();
        Assert.IsFalse(model.Adapters.Get("a").IsResident);
        Assert.IsTrue(model.Adapters.Get("b").IsResident);
        parts.Rows.Dispose();
    }

    [TestMethod]
    public async Task NothingIsStackedForARequestThatIsComputedAlready()
    {
        using OpenModel model = Open();
        EngineParts parts = EngineFixture.CreateParts(model);
        using GenerationJob job = Job(parts, Mixture.Create(new("a", 0.5f), new("b", 0.5f)));
        Assert.IsTrue(job.Prepare());
        long before = model.Fusion.Bytes;
        Foresight foresight = new(parts);
        foresight.Expect(job);
        await foresight.StopAsync();
        Assert.AreEqual(before, model.Fusion.Bytes);
        Assert.IsFalse(job.IsForeseen);
        parts.Rows.Dispose();
    }

    [TestMethod]
    public async Task NothingIsLoadedForARequestThatWasCancelled()
    {
        using OpenModel model = Open();
        EngineParts parts = EngineFixture.CreateParts(model);
        using CancellationTokenSource cancellation = new();
        using GenerationJob job = Job(parts, Mixture.Of("a"), cancellation.Token);
        await cancellation.CancelAsync();
        Foresight foresight = new(parts);
        foresight.Expect(job);
        await foresight.StopAsync();
        foresight.Expect(job);
        Assert.IsFalse(model.Adapters.Get("a").IsResident);
        parts.Rows.Dispose();
    }

    [TestMethod]
    public async Task ALoggerThatFailsNeitherEndsTheForesightNorTheEnginesDisposal()
    {
        using OpenModel model = Open();
        EngineParts parts = EngineFixture.CreateParts(model, new FailingLogger());
        using GenerationJob unknown = Job(parts, Mixture.Of("nobody"));
        using GenerationJob good = Job(parts, Mixture.Of("b"));
        Foresight foresight = new(parts);
        foresight.Expect(unknown);
        foresight.Expect(good);
        await foresight.StopAsync();
        Assert.IsTrue(model.Adapters.Get("b").IsResident);
        parts.Rows.Dispose();
    }

    private static GenerationJob Job(EngineParts parts, Mixture mixture, CancellationToken cancellation = default) =>
        new(parts, new GenerationRequest { InputIds = [256, 10, 20], Mixture = mixture, MaxTokens = 1 }, streamed: false, cancellation);

    private OpenModel Open()
    {
        TinyAdapter.Random(1).Write(Path.Combine(_folder, "a"));
        TinyAdapter.Random(2).Write(Path.Combine(_folder, "b"));
        return new OpenModel(TinyModel.Shared.Folder, _folder);
    }

    private sealed class FailingLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("the log is full");
    }
}
