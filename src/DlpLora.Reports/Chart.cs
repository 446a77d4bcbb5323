using ScottPlot;

namespace DlpLora.Reports;

/// <summary>A picture of numbers, drawn as PNG or SVG. The same chart gives the same bytes on every machine of one processor kind.</summary>
/// <remarks>Instances are immutable; drawing them is thread-safe.</remarks>
public abstract class Chart
{
    private const int PixelsPerUnit = 2;

    // ScottPlot keeps its fonts in tables that are not made for several threads.
    private static readonly Lock Drawing = new();

    private readonly int _width = 860;
    private readonly int _height = 480;

    private protected Chart()
    {
    }

    /// <summary>The line above the chart.</summary>
    public required string Title { get; init; }

    /// <summary>What the chart shows, for readers who cannot see it.</summary>
    public required string Description { get; init; }

    /// <summary>The width in CSS pixels, 100 to 4000.</summary>
    /// <value>The default is 860.</value>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int Width
    {
        get => _width;
        init => _width = Checked(value, nameof(Width));
    }

    /// <summary>The height in CSS pixels, 100 to 4000.</summary>
    /// <value>The default is 480.</value>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int Height
    {
        get => _height;
        init => _height = Checked(value, nameof(Height));
    }

    /// <summary>Draws the chart as PNG, with two pixels a CSS pixel.</summary>
    /// <param name="theme">The ground.</param>
    /// <returns>The file's bytes.</returns>
    public byte[] ToPng(ChartTheme theme = ChartTheme.Light)
    {
        lock (Drawing)
        {
            using Plot plot = Create(theme);
            plot.ScaleFactor = PixelsPerUnit;
            return plot.GetImageBytes(Width * PixelsPerUnit, Height * PixelsPerUnit, ImageFormat.Png);
        }
    }

    /// <summary>Draws the chart as SVG. Its text is text, in the reader's sans-serif font where DejaVu Sans is missing.</summary>
    /// <param name="theme">The ground.</param>
    /// <returns>The file's text.</returns>
    public string ToSvg(ChartTheme theme = ChartTheme.Light)
    {
        lock (Drawing)
        {
            using Plot plot = Create(theme);
            return plot.GetSvgXml(Width, Height);
        }
    }

    private protected abstract void Draw(Plot plot, ChartColors colors);

    private static int Checked(int value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 100, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 4000, name);
        return value;
    }

    private Plot Create(ChartTheme theme)
    {
        ChartColors colors = ChartColors.Of(theme);
        Plot plot = new();
        plot.FigureBackground.Color = colors.Ground;
        plot.DataBackground.Color = colors.Ground;
        plot.Axes.Color(colors.Ink);
        plot.Grid.MajorLineColor = colors.Grid;
        plot.Legend.BackgroundColor = colors.Ground;
        plot.Legend.FontColor = colors.Ink;
        plot.Legend.OutlineColor = colors.Grid;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Title(Title, 16);
        Draw(plot, colors);
        ChartFont.Use(plot);
        return plot;
    }
}
