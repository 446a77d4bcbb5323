using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Tests.Routing;

[TestClass]
public sealed class FeatureExtractorTests
{
    private const int Copies = 3;

    private static readonly FeatureRecipe Recipe = new() { ChoiceCopies = Copies };

    [TestMethod]
    [DataRow("Which?\nA) red\nB) blue")]
    [DataRow("Which?\r\n (a) red\r\n (b) blue")]
    [DataRow("Which?\n1. red\n2. blue")]
    [DataRow("Which?\n\n- red\n- blue\n")]
    [DataRow("[A] red\n[B] blue\nWhich?")]
    [DataRow("Which?\nOption A: red\nOption B: blue")]
    public void CountsTwoChoicesHoweverTheyAreMarked(string text) =>
        CollectionAssert.AreEqual(ChoiceFeatures("What else?\nA) x\nB) y"), ChoiceFeatures(text));

    [TestMethod]
    [DataRow("Which one is it, A) red or B) blue?")]
    [DataRow("-5 degrees\n*bold* words\nAB) x")]
    [DataRow("Option\nOption \n(\n[")]
    public void TakesNothingElseForAChoice(string text) =>
        CollectionAssert.AreEqual(ChoiceFeatures("Which one?"), ChoiceFeatures(text));

    [TestMethod]
    public void AnotherNumberOfChoicesIsAnotherFeature()
    {
        string[] texts = [.. Enumerable.Range(0, 6).Select(n => "Which?" + string.Concat(Enumerable.Range(0, n).Select(i => $"\n{(char)('A' + i)}) x")))];

        Assert.AreEqual(texts.Length, texts.Select(t => ChoiceFeatures(t)[0]).Distinct().Count());
    }

    [TestMethod]
    public void WhiteSpaceAloneHasNoFeature() => Assert.IsEmpty(Features(" \n\t\r\n", Recipe));

    [TestMethod]
    public void RunsOfWordsHaveTheUpperHalfForThemselves()
    {
        const string Text = "Three words here, no more.\nA) x\nB) y";
        List<uint> apart = Features(Text, Recipe with { RunsApart = true });
        List<uint> together = Features(Text, Recipe);
        int runs = together.Count - Features(Text, Recipe with { WordGrams = 1 }).Count;

        Assert.HasCount(together.Count, apart);
        Assert.AreEqual(runs, apart.Count(h => h >= 0x8000_0000));
        CollectionAssert.AreEqual(together.Select(h => h >> 1).ToArray(), apart.Select(h => h & 0x7FFF_FFFF).ToArray());
    }

    [TestMethod]
    public void AWordWithForeignLettersHasItsOwnShape()
    {
        FeatureRecipe foreign = Recipe with { ForeignShape = true };
        string[] words = ["straße", "Élan", "ночь"];
        foreach (string word in words)
        {
            int changed = Features(word, Recipe).Zip(Features(word, foreign)).Count(p => p.First != p.Second);
            Assert.AreEqual(1, changed, word);
        }

        CollectionAssert.AreEqual(Features("plain Words ONLY 12", Recipe), Features("plain Words ONLY 12", foreign));
    }

    /// <summary>What the recipe with copies has behind the features of one without.</summary>
    private static uint[] ChoiceFeatures(string text)
    {
        List<uint> without = Features(text, Recipe with { ChoiceCopies = 0 });
        List<uint> with = Features(text, Recipe);
        Assert.HasCount(without.Count + Copies, with);
        return [.. with.Skip(without.Count)];
    }

    private static List<uint> Features(string text, FeatureRecipe recipe)
    {
        List<uint> hashes = [];
        Collector collector = new(hashes);
        FeatureExtractor.Extract(text, recipe, ref collector);
        return hashes;
    }

    private readonly struct Collector(List<uint> hashes) : IFeatureSink
    {
        public void Add(uint hash) => hashes.Add(hash);
    }
}
