using System.Xml.Linq;
using SkiaSharp;

namespace DlpLora.Reports.Tests;

[TestClass]
public sealed class ChartTests
{
    [TestMethod]
    public void AChartIsAPngOfTwoPixelsAUnitWithItsTitleInIt()
    {
        using SKBitmap drawn = SKBitmap.Decode(Lines("Memory over time").ToPng());
        using SKBitmap dot = SKBitmap.Decode(Lines(".").ToPng());
        Assert.AreEqual((1000, 600), (drawn.Width, drawn.Height));
        Assert.IsGreaterThan(200, InkAtTheTop(drawn));
        Assert.IsLessThan(60, InkAtTheTop(dot));
    }

    [TestMethod]
    public void TextIsDrawnWithTheFontOfTheAssembly()
    {
        using ScottPlot.Plot plot = new();
        ChartFont.Use(plot);
        using SKTypeface face = ScottPlot.Fonts.GetTypeface(ChartFont.Name, false, false);
        Assert.AreEqual("DejaVu Sans", face.FamilyName);
        Assert.IsTrue(face.ContainsGlyphs("AZaz09 %äß→≥λж"));
    }

    [TestMethod]
    public void TheSameChartIsTheSameFileAlsoOnSeveralThreads()
    {
        Chart chart = Confusion();
        byte[] alone = chart.ToPng(ChartTheme.Dark);
        byte[][] together = new byte[4][];
        Parallel.For(0, together.Length, i => together[i] = chart.ToPng(ChartTheme.Dark));
        foreach (byte[] other in together)
        {
            CollectionAssert.AreEqual(alone, other);
        }

        CollectionAssert.AreNotEqual(alone, chart.ToPng());
    }

    [TestMethod]
    public void EveryChartIsWellFormedSvg()
    {
        foreach (Chart chart in (Chart[])[Lines("a < b"), Bars(), Confusion()])
        {
            Assert.AreEqual("svg", XDocument.Parse(chart.ToSvg()).Root!.Name.LocalName);
            Assert.AreEqual("svg", XDocument.Parse(chart.ToSvg(ChartTheme.Dark)).Root!.Name.LocalName);
        }
    }

    [TestMethod]
    public void ValuesThatAreNoNumbersLeaveGaps()
    {
        BarChart bars = new()
        {
            Title = "gaps",
            Description = "gaps",
            Categories = ["a", "b"],
            Series = [new BarSeries("x", [Spread.Exact(double.NaN), Spread.Exact(2)])],
        };
        Assert.IsGreaterThan(100, bars.ToPng().Length);
        LineChart lines = new()
        {
            Title = "gaps",
            Description = "gaps",
            LogarithmicX = true,
            Series = [new LineSeries("x", [10, 100, 1000], [Spread.Exact(1), Spread.Exact(double.NaN), Spread.Exact(3)])],
        };
        Assert.IsGreaterThan(100, lines.ToPng().Length);
    }

    [TestMethod]
    public void CountsThatDoNotFitTheLabelsAreRefused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => NewConfusion(["a", "b"], new int[2, 3]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => NewConfusion(["a"], new[,] { { -1 } }));
        Assert.ThrowsExactly<ArgumentException>(() => Spread.Of([]));
        Assert.AreEqual(new Spread(2, 1, 3), Spread.Of([3, 1, 2]));
    }

    internal static LineChart Lines(string title) => new()
    {
        Title = title,
        Description = "Two lines that rise.",
        XLabel = "minutes",
        YLabel = "MB",
        Width = 500,
        Height = 300,
        Reference = 1.5,
        Series =
        [
            new LineSeries("resident", [0, 10, 20, 30], [Spread.Exact(1), new Spread(2, 1.5, 2.5), Spread.Of([2, 3]), Spread.Exact(3)]),
            new LineSeries("managed", [0, 10, 20, 30], [Spread.Exact(0.5), Spread.Exact(0.6), Spread.Exact(0.7), Spread.Exact(0.7)]),
        ],
    };

    internal static BarChart Bars() => new()
    {
        Title = "Speed beside the others",
        Description = "Ours is the fastest.",
        YLabel = "ratio",
        Reference = 1,
        Categories = ["prefill", "decode", "eight at once"],
        Series =
        [
            new BarSeries("this", [new Spread(1.2, 1.1, 1.3), Spread.Exact(1.5), Spread.Exact(2.75)]),
            new BarSeries("other", [Spread.Exact(1), Spread.Exact(1), Spread.Exact(0.8)]),
        ],
    };

    internal static ConfusionMatrix Confusion() => NewConfusion(
        ["weather", "cooking", "travel_and_more"], new[,] { { 60, 0, 1 }, { 2, 57, 1 }, { 0, 12, 48 } });

    private static ConfusionMatrix NewConfusion(string[] labels, int[,] counts) =>
        new(labels, counts) { Title = "Confusion", Description = "Most are right." };

    private static int InkAtTheTop(SKBitmap bitmap)
    {
        SKColor ground = bitmap.GetPixel(0, 0);
        int ink = 0;
        for (int y = 0; y < 44; y++)
        {
            for (int x = 0; x < bitmap.Width; x++)
            {
                ink += bitmap.GetPixel(x, y) == ground ? 0 : 1;
            }
        }

        return ink;
    }
}
