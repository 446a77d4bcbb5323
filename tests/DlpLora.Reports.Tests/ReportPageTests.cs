using System.Text.RegularExpressions;

namespace DlpLora.Reports.Tests;

[TestClass]
public sealed partial class ReportPageTests
{
    [TestMethod]
    public void APageHoldsEverythingAndLoadsNothing()
    {
        ReportPage page = new("Router");
        page.AddHeading("Confusion");
        page.AddText("Right labels against found ones.");
        page.AddChart(ChartTests.Confusion());
        page.AddTable(new ReportTable("Tasks", ["task", "top-1"], [["weather", "98.4 %"], ["cooking", "95.0 %"]]));
        string html = page.ToHtml();
        foreach (Match source in Source().Matches(html))
        {
            StringAssert.StartsWith(source.Groups["to"].Value, "data:image/png;base64,");
        }

        Assert.HasCount(2, Source().Matches(html));
        StringAssert.Contains(html, "<html lang=\"en\">");
        StringAssert.Contains(html, "alt=\"Most are right.\"");
        StringAssert.Contains(html, "<caption>Tasks</caption>");
        StringAssert.Contains(html, "<th scope=\"row\">weather</th><td class=\"n\">98.4 %</td>");
        StringAssert.Contains(html, "prefers-color-scheme: dark");
    }

    [TestMethod]
    public void TextIsNeverMarkup()
    {
        ReportPage page = new("<script>");
        page.AddText("<img src=x>");
        page.AddHeading("a & b");
        page.AddTable(new ReportTable("\"><b>", ["<i>"], [["</td><script>"]]));
        string html = page.ToHtml();
        Assert.IsFalse(html.Contains("<script", StringComparison.Ordinal));
        Assert.IsFalse(html.Contains("<img src=x", StringComparison.Ordinal));
        Assert.IsFalse(html.Contains("<b>", StringComparison.Ordinal));
        StringAssert.Contains(html, "a &amp; b");
    }

    [TestMethod]
    public void ARowWithACellTooManyIsRefused() => Assert.ThrowsExactly<ArgumentException>(
        () => new ReportPage("x").AddTable(new ReportTable("x", ["a"], [["1", "2"]])));

    [GeneratedRegex("(src|srcset|href)=\"(?<to>[^\"]*)\"")]
    private static partial Regex Source();
}
