using System.Globalization;
using ScottPlot;

namespace DlpLora.Reports;

/// <summary>Values over a number: a sweep, memory over time, a reliability diagram. A band shows the spread.</summary>
public sealed class LineChart : AxisChart
{
    private const int MostMarkers = 60;

    /// <summary>The lines.</summary>
    public required IReadOnlyList<LineSeries> Series { get; init; }

    /// <summary>Whether the horizontal axis is logarithmic; every position is then above zero.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool LogarithmicX { get; init; }

    /// <inheritdoc/>
    private protected override void Draw(Plot plot, ChartColors colors)
    {
        for (int i = 0; i < Series.Count; i++)
        {
            DrawSeries(plot, Series[i], colors.OfSeries(i));
        }

        DrawFrame(plot, colors, [.. Series.Select(s => s.Name)]);
        if (LogarithmicX)
        {
            double[] positions = [.. Series.SelectMany(s => s.X).Distinct().Order()];
            plot.Axes.Bottom.SetTicks(
                [.. positions.Select(Place)], [.. positions.Select(p => p.ToString("#,0.##", CultureInfo.InvariantCulture))]);
        }
        else
        {
            plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { TickDensity = 0.5 };
        }
    }

    private void DrawSeries(Plot plot, LineSeries series, Color color)
    {
        if (series.X.Count != series.Values.Count)
        {
            throw new InvalidOperationException($"'{series.Name}' has {series.X.Count} positions and {series.Values.Count} values.");
        }

        double[] x = [.. series.X.Select(Place)];
        if (series.Values.Any(v => v.High > v.Low))
        {
            ScottPlot.Plottables.FillY band = plot.Add.FillY(x, [.. series.Values.Select(v => v.Low)], [.. series.Values.Select(v => v.High)]);
            band.FillColor = color.WithAlpha(0.2);
            band.LineWidth = 0;
            band.MarkerSize = 0;
        }

        ScottPlot.Plottables.Scatter line = plot.Add.Scatter(x, [.. series.Values.Select(v => v.Value)], color);
        line.LineWidth = 2;
        line.MarkerSize = x.Length <= MostMarkers ? 6 : 0;
        line.LegendText = series.Name;
    }

    private double Place(double x) => LogarithmicX ? Math.Log10(x) : x;
}
