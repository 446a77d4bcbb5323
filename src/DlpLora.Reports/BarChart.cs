using System.Globalization;
using ScottPlot;

namespace DlpLora.Reports;

/// <summary>Values by category, side by side for several series, with a whisker over each value's spread.</summary>
public sealed class BarChart : AxisChart
{
    private const double Group = 0.8;
    private const int MostLabels = 24;

    /// <summary>The categories, left to right.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>The series; each has a value for every category.</summary>
    public required IReadOnlyList<BarSeries> Series { get; init; }

    /// <summary>How the numbers above the bars are written, as in <see cref="double.ToString(string)"/>; null writes none.</summary>
    /// <value>The default is <c>0.##</c>.</value>
    public string? NumberFormat { get; init; } = "0.##";

    /// <inheritdoc/>
    private protected override void Draw(Plot plot, ChartColors colors)
    {
        double width = Group / Math.Max(Series.Count, 1);
        bool labels = NumberFormat is not null && Series.Count * Categories.Count <= MostLabels;
        for (int i = 0; i < Series.Count; i++)
        {
            BarSeries series = Series[i];
            if (series.Values.Count != Categories.Count)
            {
                throw new InvalidOperationException($"'{series.Name}' has {series.Values.Count} values for {Categories.Count} categories.");
            }

            List<Bar> bars = [];
            for (int c = 0; c < Categories.Count; c++)
            {
                Spread spread = series.Values[c];
                if (double.IsFinite(spread.Value))
                {
                    double x = c - (Group / 2) + ((i + 0.5) * width);
                    bars.Add(new Bar { Position = x, Value = spread.Value, Size = width * 0.92, FillColor = colors.OfSeries(i), LineWidth = 0 });
                    DrawNumber(plot, x, spread, labels, colors);
                }
            }

            ScottPlot.Plottables.BarPlot plotted = plot.Add.Bars(bars);
            plotted.LegendText = series.Name;
        }

        for (int i = 0; i < Series.Count; i++)
        {
            for (int c = 0; c < Categories.Count; c++)
            {
                DrawRange(plot, c - (Group / 2) + ((i + 0.5) * width), Series[i].Values[c], colors.Ink);
            }
        }

        bool negative = Series.Any(s => s.Values.Any(v => Math.Min(v.Low, v.Value) < 0));
        DrawFrame(plot, colors, [.. Series.Select(s => s.Name)], negative ? null : 0);
        plot.Axes.SetLimitsX(-0.6, Categories.Count - 0.4);
        CategoryTicks.Set(plot.Axes.Bottom, Categories, slanted: Categories.Sum(c => c.Length) > Width / 9);
        plot.Grid.XAxisStyle.IsVisible = false;
    }

    private void DrawNumber(Plot plot, double x, Spread spread, bool labels, ChartColors colors)
    {
        if (!labels)
        {
            return;
        }

        bool up = spread.Value >= 0;
        ScottPlot.Plottables.Text text = plot.Add.Text(
            spread.Value.ToString(NumberFormat, CultureInfo.InvariantCulture), x, up ? Math.Max(spread.High, spread.Value) : Math.Min(spread.Low, spread.Value));
        text.LabelFontName = ChartFont.Name;
        text.LabelFontColor = colors.Ink;
        text.LabelFontSize = 11;
        text.LabelAlignment = up ? Alignment.LowerCenter : Alignment.UpperCenter;
    }
}
