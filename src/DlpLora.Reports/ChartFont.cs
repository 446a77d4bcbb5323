using ScottPlot;
using SkiaSharp;

namespace DlpLora.Reports;

/// <summary>The font of every chart, from this assembly: a machine without fonts draws the same text as any other.</summary>
internal sealed class ChartFont : IFontResolver
{
    public const string Name = "DejaVu Sans";

    private static readonly Lazy<SKData> Data = new(Read);

    static ChartFont() => ScottPlot.Fonts.FontResolvers.Insert(0, new ChartFont());

    private ChartFont()
    {
    }

    /// <summary>Makes the font known and takes it for all text of the plot.</summary>
    public static void Use(Plot plot)
    {
        plot.Font.Set(Name);
        plot.Legend.FontName = Name;
        plot.Axes.Title.Label.Bold = false;
        plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Left.Label.Bold = false;
    }

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        fontName == Name ? SKTypeface.FromData(Data.Value) : null;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
        fontName == Name ? SKTypeface.FromData(Data.Value) : null;

    private static SKData Read()
    {
        using Stream stream = typeof(ChartFont).Assembly.GetManifestResourceStream("DejaVuSans.ttf")!;
        return SKData.Create(stream);
    }
}
