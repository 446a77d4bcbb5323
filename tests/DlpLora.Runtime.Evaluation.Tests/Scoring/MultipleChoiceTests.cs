using DlpLora.Runtime.Evaluation.Scoring;

namespace DlpLora.Runtime.Evaluation.Tests.Scoring;

[TestClass]
public sealed class MultipleChoiceTests
{
    [TestMethod]
    [DataRow("B", 1)]
    [DataRow("B)", 1)]
    [DataRow("(B) red", 1, DisplayName = "the letter wins over the text")]
    [DataRow(" B. blue ", 1)]
    [DataRow("C: anything", 2)]
    [DataRow("blue", 1)]
    [DataRow("BLUE\n", 1)]
    [DataRow("A kind of blue", 1, DisplayName = "an article is no letter")]
    [DataRow("I think it is dark green.", 2)]
    public void ReadsTheChoice(string answer, int expected) =>
        Assert.AreEqual(expected, MultipleChoice.Choose(answer, ["red", "blue", "dark green"]));

    [TestMethod]
    [DataRow("")]
    [DataRow("D) none", DisplayName = "no such letter")]
    [DataRow("red or blue", DisplayName = "two options")]
    [DataRow("hundred", DisplayName = "part of a word")]
    public void ReadsNoChoice(string answer) =>
        Assert.IsNull(MultipleChoice.Choose(answer, ["red", "blue", "dark green"]));

    [TestMethod]
    public void AnOptionInsideAnotherWordDoesNotCount() =>
        Assert.AreEqual(1, MultipleChoice.Choose("The argument is invalid.", ["valid", "invalid"]));
}
