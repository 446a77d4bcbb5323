using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Training.Tests;

/// <summary>Labels that come and go without training, on a router that was trained.</summary>
[TestClass]
public sealed class AddedAdapterTests
{
    private static readonly RoutingPolicy Always = new() { Abstain = false };

    private static readonly Lazy<Router> Trained = new(() =>
        RouterTrainer.Train(RouterTrainingData.FromExamples(SyntheticTasks.Rows()), SyntheticTasks.Options()).Router);

    private static readonly string[] Cooking =
    [
        "Give me a recipe with rice and leeks for two people.", "How long do I bake bread with seeds?", "Give me a recipe with fish and lemon for six people.",
        "Which spice goes with beans?", "How long do I bake a cake with pears?", "Give me a recipe with eggs and spinach for four people.",
        "Which spice goes with carrots?", "How long do I bake potatoes with cheese?", "Which spice goes with lentils?", "Give me a recipe with oats and plums for one person.",
    ];

    private static readonly string[] Chords =
    [
        "Transpose the tune in G to the key of D.", "Which chord lies a fifth above A minor?", "Transpose the tune in F to the key of B flat.", "Which chord lies a third above C major?", "Transpose the tune in E to the key of A.", "Which chord lies a fourth above D minor?",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-added").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void AnAddedAdapterGetsItsTextsAndTheOthersKeepTheirs()
    {
        Router router = Trained.Value.AddAdapter("cooking", Cooking).AddAdapter("chords", Chords);
        CollectionAssert.AreEqual(new[] { "places", "sums", "german", "cooking", "chords" }, router.Labels.ToArray());
        Assert.AreEqual("cooking", Best(router, "Give me a recipe with turnips and cream for three people."));
        Assert.AreEqual("cooking", Best(router, "Which spice goes with duck?"));
        Assert.AreEqual("chords", Best(router, "Which chord lies a sixth above F major?"));
        foreach (RouterExample row in SyntheticTasks.Rows(20))
        {
            Assert.AreEqual(row.Label, Best(router, row.Text), row.Text);
        }

        Assert.AreEqual(3, Trained.Value.Labels.Count, "the router before stays as it was");
    }

    [TestMethod]
    public void WhatWasAddedIsInTheFileAndInTheVersion()
    {
        Router router = Trained.Value.AddAdapter("cooking", Cooking).AddAdapter("cooking-v2", Cooking);
        string path = Path.Combine(_folder, "router.safetensors");
        router.Save(path);
        Router again = Router.Load(path);
        Assert.AreEqual(router.Version, again.Version);
        Assert.AreNotEqual(Trained.Value.Version, again.Version);
        Assert.AreEqual(router.ParameterCount, again.ParameterCount);
        foreach (string text in Cooking)
        {
            CollectionAssert.AreEqual(router.Decide(text).Scores.ToArray(), again.Decide(text).Scores.ToArray());
            Assert.AreEqual("cooking-v2", Best(again, text), "the group of labels for the same texts is in the file");
        }
    }

    [TestMethod]
    public void SegmentsKnowAddedAdapters()
    {
        Router router = Trained.Value.AddAdapter("cooking", Cooking);
        const string Text = "The otter sat in the quarry.\nName the place.\n\nGive me a recipe with rice and fish for six people.";
        IReadOnlyList<SegmentDecision> segments = router.DecideSegments(Text, Always);
        CollectionAssert.AreEqual(new[] { "places", "cooking" }, segments.Select(s => s.Decision.Adapters[0].Name).ToArray());
    }

    [TestMethod]
    public void RemovingAndAddingLeavesTheOthersScoresAlone()
    {
        Router router = Trained.Value.AddAdapter("cooking", Cooking).AddAdapter("chords", Chords);
        Router without = router.RemoveAdapter("sums").RemoveAdapter("cooking");
        CollectionAssert.AreEqual(new[] { "places", "german", "chords" }, without.Labels.ToArray());
        foreach (string text in (string[])["Which chord lies a fifth above A minor?", "der owl schläft nicht", "The goose sat in the barn. Where?"])
        {
            float[] before = router.Decide(text).Scores.ToArray();
            float[] after = without.Decide(text).Scores.ToArray();
            float[] expected = [before[0], before[2], before[4], before[5]];
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.AreEqual(expected[i], after[i], 1e-5f);
            }
        }
    }

    [TestMethod]
    public void RenamingKeepsEveryScore()
    {
        Router renamed = Trained.Value.RenameAdapter("sums", "arithmetic");
        CollectionAssert.AreEqual(new[] { "places", "arithmetic", "german" }, renamed.Labels.ToArray());
        Assert.AreNotEqual(Trained.Value.Version, renamed.Version);
        const string Text = "7 plus 12 and 5\nWhat is the sum?";
        CollectionAssert.AreEqual(Trained.Value.Decide(Text).Scores.ToArray(), renamed.Decide(Text).Scores.ToArray());
    }

    [TestMethod]
    public void TwoAdaptersForTheSameTextsAnswerAsOneWhateverTheirOrder()
    {
        Router one = Trained.Value.AddAdapter("chords", Chords).AddAdapter("chords-v2", Chords);
        Router other = Trained.Value.AddAdapter("chords-v2", Chords).AddAdapter("chords", Chords);
        foreach (Router router in (Router[])[one, other])
        {
            foreach (string text in Chords)
            {
                RoutingDecision decision = router.Decide(text, Always);
                Assert.AreEqual("chords-v2", decision.Adapters[0].Name);
                Assert.AreEqual(0f, decision.ProbabilityOf("chords"), "it shares the probability of the other");
            }
        }

        RoutingPolicy old = Always with { AllowList = new HashSet<string> { "chords", "sums" } };
        Assert.AreEqual("chords", one.Decide("Which chord lies a second above E minor?", old).Adapters[0].Name);
        Assert.AreEqual("chords", Best(one.RemoveAdapter("chords-v2"), "Which chord lies a second above E minor?"));
    }

    [TestMethod]
    public void TheOrderOfTheExamplesChangesLittleAndTheSameOrderNothing()
    {
        Router first = Trained.Value.AddAdapter("cooking", Cooking);
        Assert.AreEqual(first.Version, Trained.Value.AddAdapter("cooking", Cooking).Version);
        Router turned = Trained.Value.AddAdapter("cooking", [.. Cooking.Reverse()]);
        const string Text = "Which spice goes with duck?";
        Assert.AreEqual(first.Decide(Text).Scores[3], turned.Decide(Text).Scores[3], 0.05f);
    }

    [TestMethod]
    public void LongExamplesAreTextsLikeOthers()
    {
        string[] recipes = [.. Enumerable.Range(0, 6).Select(i => string.Join(' ', Enumerable.Range(0, 1500).Select(n => Cooking[(i + n) % Cooking.Length])))];
        Router router = Trained.Value.AddAdapter("cooking", recipes);
        Assert.AreEqual("cooking", Best(router, recipes[0]));
        Assert.AreEqual("cooking", Best(router, Cooking[0]));
        Assert.IsTrue(router.Decide(Cooking[0]).Scores[3] is > -100 and < 100);
        foreach (RouterExample row in SyntheticTasks.Rows(10))
        {
            Assert.AreEqual(row.Label, Best(router, row.Text), row.Text);
        }
    }

    [TestMethod]
    public void RefusesWhatCannotBeAddedByName()
    {
        Router router = Trained.Value;
        Refused("../cooking", () => router.AddAdapter("../cooking", Cooking), "no adapter name");
        Refused("sums", () => router.AddAdapter("sums", Cooking), "has a label of this name");
        Refused("cooking", () => router.AddAdapter("cooking", Cooking[..4]), "at least 5");
        Refused("cooking", () => router.AddAdapter("cooking", [.. Enumerable.Repeat(Cooking[0], 9)]), "1 different");
        Refused("cooking", () => router.AddAdapter("cooking", [.. Cooking, " \t"]), "example 11 is empty");
        Refused("hiking", () => router.RemoveAdapter("hiking"), "no such label");
        Refused("hiking", () => router.RenameAdapter("hiking", "walking"), "no such label");
        Refused("german", () => router.RenameAdapter("sums", "german"), "has a label of this name");
        Router last = router.RemoveAdapter("sums").RemoveAdapter("german");
        Refused("places", () => last.RemoveAdapter("places"), "only label");
    }

    private static void Refused(string name, Action change, string problem)
    {
        RouterLabelException error = Assert.ThrowsExactly<RouterLabelException>(change);
        Assert.AreEqual(name, error.Name);
        StringAssert.Contains(error.Message, problem);
    }

    private static string Best(Router router, string text) => router.Decide(text, Always).Adapters[0].Name;
}
