using DlpLora.Runtime.Generation.Speculation;

namespace DlpLora.Runtime.Tests.Generation.Speculation;

[TestClass]
public sealed class DraftLengthTests
{
    [TestMethod]
    public void GuessesNothingWithoutAMatch() => Assert.AreEqual(0, new DraftLength().For(0));

    [TestMethod]
    public void GuessesMoreAfterLongerMatches()
    {
        DraftLength draft = new();
        Assert.IsGreaterThan(0, draft.For(2));
        Assert.IsGreaterThan(draft.For(2), draft.For(8));
    }

    [TestMethod]
    public void GrowsWhileGuessesComeTrue()
    {
        DraftLength draft = new();
        int first = draft.For(3);
        for (int i = 0; i < 20; i++)
        {
            int length = draft.For(3);
            draft.Learn(3, length, length);
        }

        Assert.IsGreaterThan(first, draft.For(3));
        Assert.IsLessThanOrEqualTo(DraftLength.Most, draft.For(3));
    }

    [TestMethod]
    public void StopsWhileGuessesFailAndTriesAgainLater()
    {
        DraftLength draft = new();
        int tries = 0;
        for (int i = 0; i < 200; i++)
        {
            int length = draft.For(2);
            if (length > 0)
            {
                tries++;
                draft.Learn(2, length, 0);
            }
        }

        Assert.IsLessThan(60, tries);
        Assert.IsGreaterThan(3, tries);
    }

    [TestMethod]
    public void KeepsTheKindsOfMatchesApart()
    {
        DraftLength draft = new();
        int longMatch = draft.For(12);
        for (int i = 0; i < 10; i++)
        {
            draft.Learn(2, 4, 0);
        }

        Assert.AreEqual(longMatch, draft.For(12));
    }
}
