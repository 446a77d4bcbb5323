using ScottPlot;

namespace DlpLora.Reports;

/// <summary>A chart with a value axis that goes up.</summary>
public abstract class AxisChart : Chart
{
    private protected AxisChart()
    {
    }

    /// <summary>What the horizontal axis counts, with its unit.</summary>
    /// <value>The default is empty.</value>
    public string XLabel { get; init; } = string.Empty;

    /// <summary>What the vertical axis counts, with its unit.</summary>
    /// <value>The default is empty.</value>
    public string YLabel { get; init; } = string.Empty;

    /// <summary>Where the vertical axis starts; null takes what the values need.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public double? From { get; init; }

    /// <summary>Where the vertical axis ends; null takes what the values need.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public double? To { get; init; }

    /// <summary>A dashed line to compare with, such as 1 for ratios; null draws none.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public double? Reference { get; init; }

    private protected static void DrawRange(Plot plot, double x, Spread spread, Color color)
    {
        if (spread.High > spread.Low)
        {
            ScottPlot.Plottables.LinePlot line = plot.Add.Line(x, spread.Low, x, spread.High);
            line.LineColor = color;
            line.LineWidth = 1.5f;
            line.MarkerSize = 0;
        }
    }

    private protected void DrawFrame(Plot plot, ChartColors colors, IReadOnlyList<string> series, double? bottom = null)
    {
        plot.XLabel(XLabel, 13);
        plot.YLabel(YLabel, 13);
        if (Reference is { } reference)
        {
            plot.Add.HorizontalLine(reference, 1, colors.Ink, LinePattern.Dashed);
        }

        plot.Axes.AutoScale();
        AxisLimits limits = plot.Axes.GetLimits();
        plot.Axes.SetLimitsY(From ?? bottom ?? limits.Bottom, To ?? limits.Top);
        if (series.Count > 1 || series is [{ Length: > 0 }])
        {
            plot.ShowLegend(Edge.Bottom).Legend.Orientation = Orientation.Horizontal;
        }
    }
}
