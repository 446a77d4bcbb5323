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

    private sealed class Told(List<RouterTrainingProgress> into) : IProgress<RouterTrainingProgress>
    {
        public void Report(RouterTrainingProgress value) => into.Add(value);
    }
}
