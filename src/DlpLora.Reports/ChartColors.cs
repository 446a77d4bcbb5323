using ScottPlot;

namespace DlpLora.Reports;

/// <summary>The colours of a theme. Series colours are those of Okabe and Ito, which colour-blind readers tell apart.</summary>
internal sealed record ChartColors(Color Ground, Color Ink, Color Grid, Color Right, Color Wrong, IReadOnlyList<Color> Series)
{
    private static readonly ChartColors Light = new(
        Color.FromHex("#FFFFFF"),
        Color.FromHex("#1F2328"),
        Color.FromHex("#E1E4E8"),
        Color.FromHex("#0072B2"),
        Color.FromHex("#D55E00"),
        Color.FromHex(["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#7A5C00", "#56B4E9", "#444444"]));

    private static readonly ChartColors Dark = new(
        Color.FromHex("#12161B"),
        Color.FromHex("#E6EAEE"),
        Color.FromHex("#2C333B"),
        Color.FromHex("#56B4E9"),
        Color.FromHex("#F08A3C"),
        Color.FromHex(["#56B4E9", "#F08A3C", "#2FC79B", "#E3A1C6", "#F0E442", "#9BB8FF", "#BBBBBB"]));

    public static ChartColors Of(ChartTheme theme) => theme == ChartTheme.Dark ? Dark : Light;

    public Color OfSeries(int index) => Series[index % Series.Count];
}
