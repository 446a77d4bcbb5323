using CsCheck;
using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Tests.Routing;

[TestClass]
public sealed class RouterTests
{
    private const string Text = "How many apples are left in the basket, if three of the 24 were eaten?";

    [TestMethod]
    public void ScoresLikeTheNaiveTwin()
    {
        RouterModel model = TestRouters.Model();
        string text = string.Join(' ', Enumerable.Repeat(Text, 40)); // more features than one chunk
        List<uint> hashes = [];
        Collector collector = new(hashes);
        FeatureExtractor.Extract(text, model.Recipe, ref collector);
        double[] pooled = new double[32];
        foreach (uint hash in hashes)
        {
            for (int c = 0; c < 32; c++)
            {
                pooled[c] += model.Embedding[(FeatureExtractor.Row(hash, 4096) * 32) + c];
            }
        }

        double scale = model.EmbeddingScale / Math.Pow(hashes.Count, model.Recipe.PoolingPower);
        double[] hidden = [.. Enumerable.Range(0, 16).Select(i =>
            Math.Max(0, model.Hidden[0].Bias[i] + Enumerable.Range(0, 32).Sum(c => model.Hidden[0].Row(i)[c] * pooled[c] * scale)))];
        float[] scores = new float[model.ScoreCount];
        int count = model.Score(text, scores);

        Assert.AreEqual(hashes.Count, count);
        Assert.IsGreaterThan(RowAccumulator.ChunkSize, count);
        for (int i = 0; i < scores.Length; i++)
        {
            double expected = model.Output.Bias[i]
                + Enumerable.Range(0, 32).Sum(c => model.Straight.Row(i)[c] * pooled[c] * scale)
                + Enumerable.Range(0, 16).Sum(h => model.Output.Row(i)[h] * hidden[h]);
            Assert.AreEqual(expected, scores[i], 1e-3 + (1e-5 * Math.Abs(expected)));
        }
    }

    [TestMethod]
    public void DecidesWithoutAllocating()
    {
        Router router = TestRouters.Router();
        RoutingDecision decision = new();
        RoutingPolicy policy = new() { AllowList = new HashSet<string> { "alpha", "beta", "gamma" }, TopP = 1 };
        for (int i = 0; i < 50; i++)
        {
            router.Decide(Text, policy, decision);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            router.Decide(Text, policy, decision);
        }

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.HasCount(3, decision.Adapters);
    }

    [TestMethod]
    public void TopPKeepsTheSmallestSetThatReachesIt()
    {
        Router router = TestRouters.Router();
        RoutingDecision all = router.Decide(Text, new RoutingPolicy { TopP = 1, MaxAdapters = 10, Abstain = false });
        Assert.HasCount(4, all.Adapters);
        float reached = 0;
        for (int kept = 1; kept <= 4; kept++)
        {
            reached += all.Adapters[kept - 1].Probability;
            RoutingDecision some = router.Decide(Text, new RoutingPolicy { TopP = reached - (all.Adapters[kept - 1].Probability / 2), MaxAdapters = 10, Abstain = false });
            Assert.HasCount(kept, some.Adapters);
            Assert.AreEqual(RoutingReason.TopP, some.Reason);
            Assert.AreEqual(1f, some.Adapters.Sum(a => a.Weight), 1e-5f);
        }

        RoutingDecision two = router.Decide(Text, new RoutingPolicy { TopP = 1, MaxAdapters = 2, Abstain = false });
        Assert.HasCount(2, two.Adapters);
        Assert.AreEqual(RoutingReason.MaxAdapters, two.Reason);
    }

    [TestMethod]
    public void EqualProbabilitiesGoByNameInWhateverOrderTheyWereRegistered()
    {
        foreach (string[] labels in (string[][])[["beta", "alpha", "gamma"], ["gamma", "beta", "alpha"]])
        {
            RouterModel model = TestRouters.Model(null, labels);
            model.Straight.Weights.AsSpan().Clear();
            model.Output.Weights.AsSpan().Clear();
            model.Output.Bias.AsSpan().Clear();
            RoutingDecision decision = new Router(model, "even").Decide("any text", new RoutingPolicy { TopP = 1, MaxAdapters = 2 });
            CollectionAssert.AreEqual(new[] { "alpha", "beta" }, decision.Adapters.Select(a => a.Name).ToArray());
            Assert.AreEqual(RoutingReason.MaxAdapters, decision.Reason);
            foreach (float probability in decision.Probabilities)
            {
                Assert.AreEqual(1f / 3, probability, 1e-6f);
            }
        }
    }

    [TestMethod]
    public void WeighsInThreeWays()
    {
        Router router = TestRouters.Router();
        RoutingPolicy policy = new() { TopP = 1, MaxAdapters = 2, Abstain = false };
        RoutingDecision renormalized = router.Decide(Text, policy);
        float a = renormalized.Adapters[0].Probability;
        float b = renormalized.Adapters[1].Probability;
        Assert.AreEqual(a / (a + b), renormalized.Adapters[0].Weight, 1e-5f);

        RoutingDecision paper = router.Decide(Text, policy with { Weighting = RoutingWeighting.PaperSoftmax });
        Assert.AreEqual(Math.Exp(a) / (Math.Exp(a) + Math.Exp(b)), paper.Adapters[0].Weight, 1e-5);

        RoutingDecision unit = router.Decide(Text, policy with { Weighting = RoutingWeighting.Unit });
        Assert.HasCount(1, unit.Adapters);
        Assert.AreEqual(1f, unit.Adapters[0].Weight);
    }

    [TestMethod]
    public void LeavesOthersOutBeforeTheSoftmax()
    {
        Router router = TestRouters.Router();
        RoutingPolicy policy = new() { TopP = 1, MaxAdapters = 4, Abstain = false };
        RoutingDecision all = router.Decide(Text, policy);
        HashSet<string> two = [all.Adapters[1].Name, all.Adapters[3].Name];
        foreach (RoutingPolicy filtered in (RoutingPolicy[])[policy with { AllowList = two }, policy with { Registered = two }])
        {
            RoutingDecision some = router.Decide(Text, filtered);
            Assert.HasCount(2, some.Adapters);
            float share = all.Adapters[1].Probability + all.Adapters[3].Probability;
            Assert.AreEqual(all.Adapters[1].Probability / share, some.Adapters[0].Probability, 1e-4f);
            Assert.AreEqual(0f, some.ProbabilityOf(all.Adapters[0].Name));
        }

        RoutingDecision none = router.Decide(Text, policy with { AllowList = new HashSet<string> { "unknown" } });
        Assert.IsTrue(none.Abstained);
        Assert.AreEqual(RoutingReason.NoCandidate, none.Reason);
        Assert.IsTrue(none.ToMixture().IsEmpty);
    }

    [TestMethod]
    public void AbstainsBelowTheThreshold()
    {
        Router router = TestRouters.Router(new RouterCalibration(1, 1, 1));
        RoutingDecision decision = router.Decide(Text);
        Assert.IsTrue(decision.Abstained);
        Assert.AreEqual(RoutingReason.Abstained, decision.Reason);
        Assert.IsLessThan(1f, decision.Confidence);
        Assert.AreEqual(1f, decision.Probabilities.ToArray().Sum(), 1e-4f);
        Assert.IsFalse(router.Decide(Text, new RoutingPolicy { Abstain = false }).Abstained);
        Assert.IsFalse(router.Decide(Text, new RoutingPolicy { AbstentionThreshold = 0 }).Abstained);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("   \n\t ")]
    [DataRow("\0\0")]
    public void ATextOfNothingGetsTheBase(string text)
    {
        RoutingDecision decision = TestRouters.Router().Decide(text);
        Assert.IsTrue(decision.Abstained);
        Assert.AreEqual(RoutingReason.EmptyText, decision.Reason);
    }

    [TestMethod]
    public void NoLabelIsAddedWhereNothingIsKeptToWeighItAgainst()
    {
        Router router = TestRouters.Router();
        RouterLabelException error = Assert.ThrowsExactly<RouterLabelException>(
            () => router.AddAdapter("new", ["one a", "two b", "three c", "four d", "five e"]));
        Assert.AreEqual("new", error.Name);
        StringAssert.Contains(error.Message, "train the router anew");
    }

    [TestMethod]
    public void SurvivesHugeAndBrokenTexts()
    {
        Router router = TestRouters.Router();
        foreach (string text in (string[])[new string('a', 1 << 20), string.Concat(Enumerable.Repeat("\uD800 \0x\uDC00", 200_000)), new string('\uD83D', 5000)])
        {
            float sum = router.Decide(text).Probabilities.ToArray().Sum();
            Assert.AreEqual(1f, sum, 1e-3f);
        }
    }

    [TestMethod]
    public void AnyTextIsDecidedTheSameAloneAndInParallel()
    {
        Router router = TestRouters.Router();
        Gen.Char.Array[0, 80].Select(c => new string(c)).Array[8].Sample(
            texts =>
            {
                string[] alone = [.. texts.Select(t => router.Decide(t).ToString())];
                string[] together = new string[texts.Length];
                Parallel.For(0, texts.Length, i => together[i] = router.Decide(texts[i]).ToString());
                return alone.AsSpan().SequenceEqual(together);
            },
            iter: 200);
    }

    [TestMethod]
    public void SegmentsCoverTheTextWithoutGaps()
    {
        Router router = TestRouters.Router();
        Gen.OneOf(Gen.Char, Gen.Char[".\n !Ab)"]).Array[0, 200].Select(c => new string(c)).Sample(
            text =>
            {
                int end = 0;
                foreach (SegmentDecision segment in router.DecideSegments(text, RoutingPolicy.Default))
                {
                    Assert.AreEqual(end, segment.Start);
                    end = segment.End;
                }

                return end == text.Length;
            },
            iter: 300);
    }

    [TestMethod]
    public void AMegabyteIsCutAndDecidedTheSameTwice()
    {
        Router router = TestRouters.Router();
        foreach (string part in (string[])["How many are left? ", "a", "\0", "\uD800", "\uDC00\uD800", "\u3002", "\n", "word "])
        {
            string text = string.Concat(Enumerable.Repeat(part, (1 << 20) / part.Length));
            Assert.AreEqual(router.Decide(text).ToString(), router.Decide(text).ToString());
            IReadOnlyList<SegmentDecision> segments = router.DecideSegments(text, RoutingPolicy.Default);
            Assert.AreEqual((0, text.Length), (segments[0].Start, segments[^1].End));
        }

        Assert.AreEqual((0, 0), (router.DecideSegments(string.Empty, RoutingPolicy.Default)[0].Start, router.DecideSegments(string.Empty, RoutingPolicy.Default)[0].End));
    }

    [TestMethod]
    public void SegmentsAreTheSameAloneAndInParallel()
    {
        Router router = TestRouters.Router();
        Gen.OneOf(Gen.Char, Gen.Char[".\n !Ab)"]).Array[0, 120].Select(c => new string(c)).Array[6].Sample(
            texts =>
            {
                string Cut(string text) => string.Join('|', router.DecideSegments(text, RoutingPolicy.Default).Select(s => $"{s.Start} {s.End} {s.Decision}"));
                string[] alone = [.. texts.Select(Cut)];
                string[] together = new string[texts.Length];
                Parallel.For(0, texts.Length, i => together[i] = Cut(texts[i]));
                return alone.AsSpan().SequenceEqual(together);
            },
            iter: 100);
    }

    [TestMethod]
    public void ASwitchNeedsAMargin()
    {
        Router router = TestRouters.Router();
        RoutingPolicy policy = new() { TopP = 1, MaxAdapters = 4, Abstain = false };
        RoutingDecision decision = router.Decide(Text, policy);
        RoutingDecision held = router.Decide(Text, policy with { AllowList = new HashSet<string> { decision.Adapters[1].Name } });
        float gap = decision.Adapters[0].Probability - decision.Adapters[1].Probability;
        Assert.IsTrue(decision.Supersedes(held, gap - 1e-3f));
        Assert.IsFalse(decision.Supersedes(held, gap + 1e-3f));
        Assert.IsFalse(decision.Supersedes(decision, 0));
        Assert.IsFalse(router.Decide("").Supersedes(decision, 0));
    }

    private readonly struct Collector(List<uint> hashes) : IFeatureSink
    {
        public void Add(uint hash) => hashes.Add(hash);
    }
}
