namespace DlpLora.Reports.Tests;

[TestClass]
public sealed class ClassifierReportTests
{
    [TestMethod]
    public void MistakesAreNamedWithThePairAndAnExample()
    {
        ClassifierReport report = new("a router",
        [
            .. Enumerable.Range(0, 9).Select(i => new ClassifierOutcome($"rain {i}", "weather", "weather", 0.97, Abstained: i == 0)),
            new ClassifierOutcome("a <b>soup</b>", "cooking", "weather", 0.55, Abstained: false),
        ]);
        CollectionAssert.AreEqual(new[] { "weather", "cooking" }, report.Confusion.Labels.ToArray());
        string html = report.ToPage().ToHtml();
        StringAssert.Contains(html, "10 rows, 2 labels: 90.00 % right, 10.00 % abstained");
        StringAssert.Contains(html, "0.55: a &lt;b&gt;soup&lt;/b&gt;");
        StringAssert.Contains(html, "<td>weather (1)</td>");
    }

    [TestMethod]
    public void TheReliabilityDiagramHasAPointForEachStepThatHasRows()
    {
        LineSeries found = new ClassifierReport("x",
        [
            new ClassifierOutcome("a", "p", "p", 1, false),
            new ClassifierOutcome("b", "p", "p", 0.92, false),
            new ClassifierOutcome("c", "p", "q", 0.45, false),
        ]).Reliability.Series[0];
        CollectionAssert.AreEqual(new[] { 0.45, 0.96 }, found.X.ToArray());
        CollectionAssert.AreEqual(new[] { 0.0, 1.0 }, found.Values.Select(v => v.Value).ToArray());
    }

    [TestMethod]
    public void NoOutcomesAreRefused() => Assert.ThrowsExactly<ArgumentException>(() => new ClassifierReport("x", []));
}
