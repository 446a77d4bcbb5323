using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Routing.Wordings;

namespace DlpLora.Runtime.Training.Tests;

[TestClass]
public sealed class RouterTrainerTests
{
    private static readonly string[] Passages = ["apples", "boats", "candles", "doors", "northern hills", "old harbour", "abbey", "upper town", "royal court"];

    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-training").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void LearnsTasksAndRecognizesThemInOtherWordings()
    {
        TrainedRouter trained = RouterTrainer.Train(RouterTrainingData.FromExamples(SyntheticTasks.Rows()), SyntheticTasks.Options());
        string path = Path.Combine(_folder, "router.safetensors");
        trained.Save(path);
        Router router = Router.Load(path);
        Assert.AreEqual(trained.Router.Version, router.Version);
        RoutingPolicy policy = new() { Abstain = false };
        Assert.AreEqual("places", router.Decide("The stork sat in the barn.", policy).Adapters[0].Name);
        Assert.AreEqual("sums", router.Decide("Please help: 71 plus 12 and 5", policy).Adapters[0].Name);
        Assert.AreEqual("german", router.Decide("die Katze ist grün und schläft nicht", policy).Adapters[0].Name);
        Assert.IsTrue(router.Decide("Write a poem about the history of jazz.").Abstained);
    }

    [TestMethod]
    public void TheSameSeedMakesTheSameFileWhateverTheThreads()
    {
        RouterTrainingData data = RouterTrainingData.FromExamples(SyntheticTasks.Rows(20));
        byte[] Train(ulong seed, int threads)
        {
            string path = Path.Combine(_folder, $"{seed}-{threads}.safetensors");
            RouterTrainer.Train(data, SyntheticTasks.Options(seed, threads)).Save(path);
            return File.ReadAllBytes(path);
        }

        byte[] first = Train(1, 1);
        CollectionAssert.AreEqual(first, Train(1, 3));
        CollectionAssert.AreNotEqual(first, Train(2, 1));
    }

    [TestMethod]
    public void ReportsProgressAndStopsWhenAsked()
    {
        using CancellationTokenSource source = new();
        Progress progress = new(value =>
        {
            if (value.Epoch == 2)
            {
                source.Cancel();
            }
        });
        RouterTrainingData data = RouterTrainingData.FromExamples(SyntheticTasks.Rows(20));
        Assert.Throws<OperationCanceledException>(() => RouterTrainer.Train(data, SyntheticTasks.Options(), progress, source.Token));
        Assert.AreEqual(2, progress.Last);
    }

    [TestMethod]
    public void BothNetworksEpochsAreCountedOn()
    {
        List<RouterTrainingProgress> told = [];
        RouterTrainingOptions options = SyntheticTasks.Options();
        TrainedRouter trained = RouterTrainer.Train(RouterTrainingData.FromExamples(SyntheticTasks.Rows(20)), options, new Progress(told.Add));
        CollectionAssert.AreEqual(Enumerable.Range(1, 2 * options.Epochs).ToArray(), told.Select(p => p.Epoch).ToArray());
        Assert.IsTrue(told.TrueForAll(p => p.Epochs == 2 * options.Epochs));
        Assert.AreEqual(2 * options.Epochs, trained.Epochs);
        Assert.AreEqual(told[options.Epochs - 1].ValidationAccuracy, trained.ValidationAccuracy, "what the second network has learned says nothing of it");
    }

    [TestMethod]
    public void StopsWhenAskedWhileTheSecondNetworkLearns()
    {
        using CancellationTokenSource source = new();
        RouterTrainingOptions options = SyntheticTasks.Options();
        Progress progress = new(value =>
        {
            if (value.Epoch == options.Epochs + 1)
            {
                source.Cancel();
            }
        });
        RouterTrainingData data = RouterTrainingData.FromExamples(SyntheticTasks.Rows(20));
        Assert.Throws<OperationCanceledException>(() => RouterTrainer.Train(data, options, progress, source.Token));
        Assert.AreEqual(options.Epochs + 1, progress.Last);
    }

    [TestMethod]
    public void OneRowALabelIsEnoughForAFile()
    {
        RouterTrainingData data = RouterTrainingData.FromExamples([new("red green blue", "colours"), new("one two three", "numbers")]);
        Router router = RouterTrainer.Train(data, SyntheticTasks.Options()).Router;
        Assert.HasCount(2, router.Labels);
        Assert.AreEqual("colours", router.Decide("green and blue", new RoutingPolicy { Abstain = false }).Adapters[0].Name);
    }

    [TestMethod]
    public void ThePairsOfTwoTasksComeApartAtTheirBorder()
    {
        Router router = RouterTrainer.Train(RouterTrainingData.FromExamples(SyntheticTasks.Rows()), SyntheticTasks.Options()).Router;
        const string First = "Where is the animal? The otter sat in the chapel.";
        const string Second = "Translate: der owl schläft nicht und die barn ist grün";
        IReadOnlyList<SegmentDecision> both = router.DecideSegments($"{First}\n\n{Second}", new RoutingPolicy { Abstain = false });
        Assert.HasCount(2, both);
        Assert.AreEqual(First.Length + 2, both[0].End);
        Assert.AreEqual("places", both[0].Decision.Adapters[0].Name);
        Assert.AreEqual("german", both[1].Decision.Adapters[0].Name);
        Assert.HasCount(1, router.DecideSegments(First, new RoutingPolicy { Abstain = false }));
    }

    [TestMethod]
    public void EvaluatesTopOneTopTwoAndCalibration()
    {
        Router router = RouterTrainer.Train(RouterTrainingData.FromExamples(SyntheticTasks.Rows()), SyntheticTasks.Options()).Router;
        List<RouterExample> rows = SyntheticTasks.Rows(10);
        RouterEvaluation right = RouterEvaluator.Evaluate(router, rows, "test");
        Assert.AreEqual(1.0, right.Top1);
        Assert.AreEqual(30, right.Rows);
        Assert.HasCount(3, right.PerTask);
        RouterEvaluation wrong = RouterEvaluator.Evaluate(router, [.. rows.Select(r => r with { Label = r.Label == "sums" ? "german" : "sums" })]);
        Assert.AreEqual(0.0, wrong.Top1);
        Assert.IsGreaterThan(right.Ece, wrong.Ece);
    }

    [TestMethod]
    public void RowsOfTheSameContentGoToTheSameSide()
    {
        List<TextAnatomy> rows = [];
        for (int i = 0; i < 40; i++)
        {
            rows.Add(TextAnatomy.Split($"Answer this now: the number {(char)('a' + (i % 20))} is prime", 0));
            rows.Add(TextAnatomy.Split($"the number {(char)('a' + (i % 20))} is prime\nIs that so?", 0));
        }

        WordingFinder.Mark(rows);
        ContentGroups.Mark(rows);
        (List<TextAnatomy> train, List<TextAnatomy> validation) = ValidationSplit.Split(rows, 1, 0.2, seed: 1);
        HashSet<string> held = [.. validation.Select(TextComposer.Content)];
        Assert.IsNotEmpty(validation);
        Assert.IsFalse(train.Exists(r => held.Contains(TextComposer.Content(r))));
    }

    [TestMethod]
    public void QuestionsAboutOnePassageGoToTheSameSideAndSoOneOfEachComesFirst()
    {
        List<TextAnatomy> rows = [];
        for (int i = 0; i < 60; i++)
        {
            string passage = $"In the autumn of that year they counted by hand the {Passages[i / 3 % 4]} of the {Passages[4 + (i / 12)]}.";
            rows.Add(TextAnatomy.Split(i % 2 == 0 ? $"Passage: {passage}\nWho was number {i}?" : $"Number {i}, who was it?\nRead: {passage}", 0));
        }

        WordingFinder.Mark(rows);
        ContentGroups.Mark(rows);
        Assert.AreEqual(20, rows.Select(r => r.Group).Distinct().Count());
        (List<TextAnatomy> train, List<TextAnatomy> validation) = ValidationSplit.Split(rows, 1, 0.2, seed: 1);
        Assert.HasCount(12, validation);
        Assert.IsEmpty(train.Select(r => r.Group).Intersect(validation.Select(r => r.Group)));
        Assert.AreEqual(4, validation.Take(4).Select(r => r.Group).Distinct().Count());
    }

    [TestMethod]
    public void FindsTheWordingInTheRowsThemselves()
    {
        List<TextAnatomy> rows = [.. Enumerable.Range(0, 12).Select(i => TextAnatomy.Split($"Check the claim: thing {i} weighs {i} stones\nIs it so?\nA) yes\nB) no", 0))];
        WordingFinder.Mark(rows);
        Assert.AreEqual("thing 3 weighs 3 stones", TextComposer.Content(rows[3]));
    }

    private sealed class Progress(Action<RouterTrainingProgress> seen) : IProgress<RouterTrainingProgress>
    {
        public int Last { get; private set; }

        public void Report(RouterTrainingProgress value)
        {
            Last = value.Epoch;
            seen(value);
        }
    }
}
