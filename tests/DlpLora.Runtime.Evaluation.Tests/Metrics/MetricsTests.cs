using CsCheck;
using DlpLora.Runtime.Evaluation.Metrics;

namespace DlpLora.Runtime.Evaluation.Tests.Metrics;

/// <summary>Without the reference data: values worked out by hand, and properties.</summary>
[TestClass]
public sealed class MetricsTests
{
    [TestMethod]
    public void BleuOfAKnownPairIsThatOfItsCounts()
    {
        // 4 of 5 words, 3 of 4 pairs, 2 of 3 triples, 1 of 2 quadruples.
        BleuScore score = Bleu.Sentence("the cat sat down here", "the cat sat down there");
        Assert.AreEqual(100 * Math.Pow(4 / 5.0 * (3 / 4.0) * (2 / 3.0) * (1 / 2.0), 0.25), score.Score, 1e-9);
    }

    [TestMethod]
    public void BleuTakesTheBestOfSeveralReferences() =>
        Assert.AreEqual(100, Bleu.Sentence("a b c d e", "x y z", "a b c d e").Score, 1e-9);

    [TestMethod]
    public void BleuCutsPunctuationButNotNumbers()
    {
        Assert.AreEqual(5, Bleu.Sentence("It costs 1,000.50 (net)", "x").HypothesisLength - 1);
        Assert.AreEqual(3, Bleu.Sentence("Hello, world", "x").HypothesisLength);
    }

    [TestMethod]
    public void NothingInCommonOrEmptyIsZero()
    {
        Assert.AreEqual(0, Bleu.Sentence("", "a b").Score);
        Assert.AreEqual(0, Bleu.Sentence("x", "a b").Score);
        Assert.AreEqual(0, Rouge.L("", "a").FMeasure);
        Assert.AreEqual(0, Rouge.N("x", "a", 1).FMeasure);
        Assert.AreEqual(0, Rouge.LSum("", "").FMeasure);
    }

    [TestMethod]
    public void RougeLIsTheLongestCommonSubsequence()
    {
        RougeScore score = Rouge.L("police killed the gunman", "police kill the gunman");
        Assert.AreEqual(0.75, score.Precision, 1e-12);
        Assert.AreEqual(0.75, score.Recall, 1e-12);
    }

    [TestMethod]
    public void RougeLSumUnitesTheLines()
    {
        // Lin's own example: w1..w5 against "w1 w2 w6 w7 w8" and "w1 w3 w8 w9 w5": the union covers w1 w2 w3 w5.
        Assert.AreEqual(0.8, Rouge.LSum("w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", "w1 w2 w3 w4 w5").Recall, 1e-12);
    }

    [TestMethod]
    public void ScoresOfAnythingStayInTheirRange() =>
        Gen.Select(Gen.String, Gen.String).Sample((hypothesis, reference) =>
            Bleu.Sentence(hypothesis, reference).Score is >= 0 and <= 100.0001
            && Rouge.L(hypothesis, reference).FMeasure is >= 0 and <= 1
            && Rouge.LSum(hypothesis, reference).FMeasure is >= 0 and <= 1
            && Rouge.N(hypothesis, reference, 2).FMeasure is >= 0 and <= 1);
}
