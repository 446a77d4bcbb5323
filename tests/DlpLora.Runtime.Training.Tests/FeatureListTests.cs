using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Training.Tests;

[TestClass]
public sealed class FeatureListTests
{
    private static readonly FeatureRecipe Recipe = new() { Rows = 4096, Width = 32, RunsApart = true };

    [TestMethod]
    public void WithoutItsRunsATextKeepsItsWordsAndCharacters()
    {
        FeatureList features = new();
        features.Read("three small boats", Recipe);
        int[] before = features.Rows.ToArray();
        TrainingRandom random = new(1);
        features.ThinRuns(keep: 0, Recipe.Rows, ref random);
        CollectionAssert.AreEqual(before.Where(r => r < Recipe.Rows / 2).ToArray(), features.Rows.ToArray());
        Assert.IsLessThan(before.Length, features.Count, "pairs and triples of words are gone");
    }

    [TestMethod]
    public void OneFeatureAlwaysStays()
    {
        FeatureList features = new();
        features.Read("boats", Recipe);
        TrainingRandom random = new(1);
        features.Thin(keep: 0, ref random);
        Assert.AreEqual(1, features.Count);
    }
}
