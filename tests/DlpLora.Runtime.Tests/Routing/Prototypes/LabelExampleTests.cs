using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Routing.Prototypes;

namespace DlpLora.Runtime.Tests.Routing.Prototypes;

[TestClass]
public sealed class LabelExampleTests
{
    private static readonly FeatureRecipe Recipe = new();

    [TestMethod]
    public void TheViewsLeaveOutWhatTheExamplesShare()
    {
        LabelExample[] examples = LabelExample.Read(
            ["Order these by size: mouse, whale, cow\nA) cow first\nB) mouse first", "Order these by size: pea, melon, plum\nA) plum first\nB) pea first", "nut, barrel, cup"], Recipe);
        CollectionAssert.AreEqual(FeatureHashes.Of("mouse, whale, cow", Recipe), examples[0].Views[0]);
        CollectionAssert.AreEqual(FeatureHashes.Of("pea, melon, plum\nA) plum first\nB) pea first", Recipe), examples[1].Views[1]);
        CollectionAssert.AreEqual(FeatureHashes.Of("nut, barrel, cup", Recipe), examples[2].Features);
        CollectionAssert.AreEqual(examples[2].Features, examples[2].Views[0], "nothing of it is shared");
    }
}
