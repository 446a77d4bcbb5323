using DlpLora.Runtime.Routing.Prototypes;

namespace DlpLora.Runtime.Tests.Routing.Prototypes;

[TestClass]
public sealed class PrototypeHeadTests
{
    [TestMethod]
    [DataRow(32, 1)]
    [DataRow(64, 7)]
    [DataRow(128, 300)]
    public void ScoresAreThoseOfThePlainArithmetic(int width, int labels)
    {
        Random random = new(5);
        AddedLabel[] added = [.. Enumerable.Range(0, labels).Select(i => Label(random, width, words: i % 3))];
        PrototypeHead head = new(width, added);
        float[] pooled = [.. Enumerable.Range(0, width).Select(_ => (random.NextSingle() * 2) - 1)];
        uint[] features = [.. added.SelectMany(l => l.Words).Take(5), 17, 18];
        int[] words = new int[head.WordColumns];
        foreach (uint feature in features)
        {
            head.Words?.Add(feature, words);
        }

        float[] scores = new float[labels];
        head.Score(pooled, words, features.Length, scores);
        for (int i = 0; i < labels; i++)
        {
            double expected = added[i].Bias;
            for (int j = 0; j < width; j++)
            {
                expected += added[i].Scale * added[i].Vector[j] * pooled[j];
            }

            foreach (uint feature in features)
            {
                int at = Array.IndexOf(added[i].Words, feature);
                expected += at < 0 ? 0 : added[i].WordScale * added[i].Weights[at] / Math.Sqrt(features.Length);
            }

            // The pooled vector is rounded to one part in 127 of its largest number.
            Assert.AreEqual(expected, scores[i], 0.01 * 127 * added[i].Scale * Math.Sqrt(width));
        }
    }

    [TestMethod]
    public void AFeatureOfSeveralLabelsCountsForEach()
    {
        PrototypeHead head = new(32, [Words(1, 3, (7u, 10), (9u, 20)), Words(2, 1, (7u, -5)), Words(3, 1)]);
        int[] sums = new int[head.WordColumns];
        foreach (uint feature in (uint[])[7, 9, 7, 8, 0])
        {
            head.Words!.Add(feature, sums);
        }

        CollectionAssert.AreEqual(new[] { 40, -10 }, sums);
    }

    [TestMethod]
    public void ReplayedTextsOfARemovedLabelGoAndTheOthersMoveUp()
    {
        ReplayRows rows = ReplayRows.Empty.Append([Row(0, 1, 2), Row(0, 3), Row(1, 4), Row(2, 5, 6, 7)]).Append([Row(ReplayRows.None, 8)]);
        ReplayRow[] without = [.. rows.Without(1).Rows];
        CollectionAssert.AreEqual(new[] { 0, 0, 1, ReplayRows.None }, without.Select(r => r.Label).ToArray());
        CollectionAssert.AreEqual(new uint[] { 1, 2, 3, 5, 6, 7, 8 }, without.SelectMany(r => r.Features).ToArray());
        Assert.AreEqual(7 + (4 * 3), rows.Without(1).NumberCount);

        static ReplayRow Row(int label, params uint[] features) => ReplayRow.Of(label, features);
    }

    [TestMethod]
    public void AReplayedTextKeepsItsLengthWhereFeaturesAreLeftOut()
    {
        ReplayRow row = ReplayRow.Of(0, [.. Enumerable.Range(0, 1000).Select(i => (uint)i)]);
        Assert.AreEqual(1000, row.Length);
        Assert.HasCount(400, row.Features);
        Assert.IsGreaterThan(990u, row.Features[^1]);
    }

    private static AddedLabel Label(Random random, int width, int words) => new(
        [.. Enumerable.Range(0, width).Select(_ => (sbyte)random.Next(-127, 128))],
        0.01f,
        random.NextSingle(),
        [.. Enumerable.Range(0, words).Select(_ => (uint)random.Next())],
        [.. Enumerable.Range(0, words).Select(_ => (sbyte)random.Next(-127, 128))],
        0.02f);

    private static AddedLabel Words(int seed, float scale, params (uint Word, sbyte Weight)[] words) =>
        Label(new Random(seed), 32, 0) with { Words = [.. words.Select(w => w.Word)], Weights = [.. words.Select(w => w.Weight)], WordScale = scale };
}
