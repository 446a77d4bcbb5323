using DlpLora.Runtime.Evaluation.Scoring;
using DlpLora.Runtime.Evaluation.Tasks;

namespace DlpLora.Runtime.Evaluation.Tests.Scoring;

[TestClass]
public sealed class TaskScorerTests
{
    [TestMethod]
    public void MultipleChoicesAreScoredByAccuracy()
    {
        TaskRow row = new() { Id = "1", Input = "?", Choices = ["yes", "no"], Answer = 1, Output = "no" };
        TaskScore score = TaskScorer.Score([row, row, row, row], ["no", "B)", "yes", "maybe"]);
        Assert.AreEqual(0.5, score.Accuracy);
        Assert.AreEqual(0.5, score.Headline);
        Assert.IsNull(score.RougeL);
    }

    [TestMethod]
    public void FreeAnswersAreScoredAgainstTheBestReference()
    {
        TaskRow row = new() { Id = "1", Input = "?", Output = "nothing alike", References = ["a b c d"] };
        TaskScore score = TaskScorer.Score([row], ["a b c d"]);
        Assert.AreEqual(1.0, score.RougeL);
        Assert.AreEqual(100.0, score.Bleu!.Value, 1e-9);
        Assert.IsNull(score.Accuracy);
    }

    [TestMethod]
    public void RefusesWhatCantBeScored()
    {
        TaskRow free = new() { Id = "1", Input = "?", Output = "x" };
        TaskRow choice = new() { Id = "2", Input = "?", Choices = ["a", "b"], Answer = 0 };
        TaskRow blank = new() { Id = "3", Input = "?" };
        Assert.ThrowsExactly<ArgumentException>(() => TaskScorer.Score([free], []));
        Assert.ThrowsExactly<ArgumentException>(() => TaskScorer.Score([free, choice], ["x", "a"]));
        Assert.ThrowsExactly<ArgumentException>(() => TaskScorer.Score([blank], ["x"]));
    }
}
