using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Training.Tests;

[TestClass]
public sealed class RouterRetrainerTests
{
    private static readonly Lazy<Router> Two = new(() => RouterTrainer.Train(
        RouterTrainingData.FromExamples(SyntheticTasks.Rows().Where(r => r.Label != "german")), SyntheticTasks.Options()).Router);

    [TestMethod]
    public async Task ANewLabelIsLearnedAndComparedOnRowsKeptOut()
    {
        List<RouterTrainingProgress> told = [];
        RouterRetraining result = await RouterRetrainer.RetrainAsync(
            Two.Value, RouterTrainingData.FromExamples(SyntheticTasks.Rows()), SyntheticTasks.Options(), new Told(told));
        Assert.AreEqual(18, result.ComparedRows, "a tenth of each label's rows");
        Assert.IsTrue(result.Accepted, $"{result.AccuracyBefore} to {result.AccuracyAfter}");
        Assert.IsGreaterThan(result.AccuracyBefore, result.AccuracyAfter, "the router before does not know a third of the rows");
        Assert.IsFalse(result.Replaced, "there is no engine");
        CollectionAssert.Contains(result.Trained.Router.Labels.ToArray(), "german");
        Assert.IsNotEmpty(told);
    }

    [TestMethod]
    public async Task AWorseRouterIsNotAccepted()
    {
        List<RouterExample> rows = SyntheticTasks.Rows();
        RouterTrainingOptions poor = SyntheticTasks.Options() with { Epochs = 1, Training = new() { Hidden = [], EmbeddingRate = 0, DenseRate = 0, CountStrength = 0 } };
        RouterRetraining result = await RouterRetrainer.RetrainAsync(
            Two.Value, RouterTrainingData.FromExamples(rows.Where(r => r.Label != "german")), poor);
        Assert.IsFalse(result.Accepted, $"{result.AccuracyBefore} to {result.AccuracyAfter}");
    }

    [TestMethod]
    public async Task ACancelledTrainingThrows()
    {
        using CancellationTokenSource source = new();
        source.Cancel();
        await Assert.ThrowsAsync<OperationCanceledException>(() => RouterRetrainer.RetrainAsync(
            Two.Value, RouterTrainingData.FromExamples(SyntheticTasks.Rows(20)), SyntheticTasks.Options(), cancellationToken: source.Token));
    }

    [TestMethod]
    public async Task TheEngineTakesTheNewRouterWhileRequestsRun()
    {
        using TinyRoutedModel model = new();
        await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(model.Folder, new DlpLoraOptions { AdapterFolder = model.Adapters, MaxConcurrentGenerations = 2 });
        engine.ReplaceRouter(Two.Value);
        await using IAsyncEnumerator<GenerationUpdate> begun = engine.StreamAsync(Request(40)).GetAsyncEnumerator();
        Assert.IsTrue(await begun.MoveNextAsync(), "its first token is there: it has begun");
        using CancellationTokenSource swapped = new();
        Task<List<string>> traffic = Task.Run(async () =>
        {
            List<string> versions = [];
            while (!swapped.IsCancellationRequested || versions.Count == 0)
            {
                versions.Add(Version(await engine.GenerateAsync(Request(2))));
            }

            return versions;
        });
        RouterRetraining result = await RouterRetrainer.RetrainAsync(engine, RouterTrainingData.FromExamples(SyntheticTasks.Rows()), SyntheticTasks.Options());
        Assert.IsTrue(result.Replaced, $"{result.AccuracyBefore} to {result.AccuracyAfter}");
        Assert.AreSame(result.Trained.Router, engine.Router);
        Assert.AreEqual(result.Trained.Router.Version, Version(await engine.GenerateAsync(Request(2))));
        await swapped.CancelAsync();
        List<string> seen = await traffic;
        Assert.AreEqual(Two.Value.Version, seen[0]);
        int old = seen.LastIndexOf(Two.Value.Version);
        Assert.IsTrue(seen[(old + 1)..].All(v => v == result.Trained.Router.Version), "once a request had the new router, all had");
        GenerationResult? last = begun.Current.Result;
        while (await begun.MoveNextAsync())
        {
            last = begun.Current.Result;
        }

        Assert.AreEqual(Two.Value.Version, Version(last!), "it keeps the router that it began with");
    }

    [TestMethod]
    public async Task AFailedCancelledOrOvertakenTrainingChangesNothing()
    {
        using TinyRoutedModel model = new();
        await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(model.Folder, new DlpLoraOptions { AdapterFolder = model.Adapters });
        RouterTrainingData data = RouterTrainingData.FromExamples(SyntheticTasks.Rows(20));
        await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => RouterRetrainer.RetrainAsync(engine, data, SyntheticTasks.Options()));
        engine.ReplaceRouter(Two.Value);

        using CancellationTokenSource source = new();
        await Assert.ThrowsAsync<OperationCanceledException>(() => RouterRetrainer.RetrainAsync(
            engine, data, SyntheticTasks.Options(), new Calls(source.Cancel), source.Token));
        Assert.AreSame(Two.Value, engine.Router);

        await Assert.ThrowsExactlyAsync<NotSupportedException>(() => RouterRetrainer.RetrainAsync(
            engine, data, SyntheticTasks.Options(), new Calls(() => throw new NotSupportedException("broken while training"))));
        Assert.AreSame(Two.Value, engine.Router);
        Assert.AreEqual(Two.Value.Version, Version(await engine.GenerateAsync(Request(2))));

        Router renamed = Two.Value.RenameAdapter("sums", "additions");
        RouterRetraining overtaken = await RouterRetrainer.RetrainAsync(
            engine, RouterTrainingData.FromExamples(SyntheticTasks.Rows()), SyntheticTasks.Options(), new Calls(() => engine.ReplaceRouter(renamed)));
        Assert.IsTrue(overtaken.Accepted);
        Assert.IsFalse(overtaken.Replaced, "somebody replaced it in the meantime");
        Assert.AreSame(renamed, engine.Router);
    }

    private static GenerationRequest Request(int tokens) => new() { Prompt = "The otter sat in the chapel.\nName the place.", MaxTokens = tokens };

    private static string Version(GenerationResult result) => result.Routing[0].Decision!.RouterVersion;

    private sealed class Calls(Action then) : IProgress<RouterTrainingProgress>
    {
        public void Report(RouterTrainingProgress value) => then();
    }

    private sealed class Told(List<RouterTrainingProgress> into) : IProgress<RouterTrainingProgress>
    {
        public void Report(RouterTrainingProgress value) => into.Add(value);
    }
}
