using System.Globalization;
using ScottPlot;

namespace DlpLora.Reports;

/// <summary>
/// Right labels against found labels. A cell's strength is its share of its row, by the square root, so that one mistake in a hundred is
/// seen; mistakes have their own colour and their count.
/// </summary>
public sealed class ConfusionMatrix : Chart
{
    private const int MostNumbers = 60;

    private readonly string[] _labels;
    private readonly int[,] _counts;

    /// <summary>Takes the counts.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="counts">[right label, found label]; copied.</param>
    /// <exception cref="ArgumentException">The counts are not [labels, labels], or one is negative.</exception>
    public ConfusionMatrix(IReadOnlyList<string> labels, int[,] counts)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(counts);
        if (counts.GetLength(0) != labels.Count || counts.GetLength(1) != labels.Count)
        {
            throw new ArgumentException(
                $"The counts are [{counts.GetLength(0)}, {counts.GetLength(1)}]; expected [{labels.Count}, {labels.Count}].", nameof(counts));
        }

        foreach (int count in counts)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(count, nameof(counts));
        }

        _labels = [.. labels];
        _counts = (int[,])counts.Clone();
        int side = Math.Clamp(220 + (labels.Count * 24), 420, 1600);
        Width = side + 60;
        Height = side;
    }

    /// <summary>The labels, in the order of rows and columns.</summary>
    public IReadOnlyList<string> Labels => _labels;

    /// <inheritdoc/>
    private protected override void Draw(Plot plot, ChartColors colors)
    {
        for (int row = 0; row < _labels.Length; row++)
        {
            int total = 0;
            for (int column = 0; column < _labels.Length; column++)
            {
                total += _counts[row, column];
            }

            for (int column = 0; column < _labels.Length; column++)
            {
                if (_counts[row, column] > 0)
                {
                    DrawCell(plot, row, column, (double)_counts[row, column] / total, colors);
                }
            }
        }

        plot.XLabel("found", 13);
        plot.YLabel("right", 13);
        CategoryTicks.Set(plot.Axes.Bottom, _labels, slanted: true);
        CategoryTicks.Set(plot.Axes.Left, [.. _labels.Reverse()]);
        plot.Axes.SetLimits(-0.5, _labels.Length - 0.5, -0.5, _labels.Length - 0.5);
    }

    private void DrawCell(Plot plot, int row, int column, double share, ChartColors colors)
    {
        int y = _labels.Length - 1 - row;
        double strength = 0.12 + (0.88 * Math.Sqrt(share));
        Color fill = colors.Ground.InterpolateRgb(row == column ? colors.Right : colors.Wrong, strength);
        ScottPlot.Plottables.Rectangle cell = plot.Add.Rectangle(column - 0.5, column + 0.5, y - 0.5, y + 0.5);
        cell.FillColor = fill;
        cell.LineWidth = 0;
        if (row == column || _labels.Length > MostNumbers)
        {
            return;
        }

        ScottPlot.Plottables.Text text = plot.Add.Text(_counts[row, column].ToString(CultureInfo.InvariantCulture), column, y);
        text.LabelFontName = ChartFont.Name;
        text.LabelFontSize = 10;
        text.LabelFontColor = fill.Luminance > 0.55f ? Colors.Black : Colors.White;
        text.LabelAlignment = Alignment.MiddleCenter;
    }
}
