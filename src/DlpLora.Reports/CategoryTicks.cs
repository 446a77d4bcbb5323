using ScottPlot;

namespace DlpLora.Reports;

/// <summary>Names instead of numbers along an axis.</summary>
internal static class CategoryTicks
{
    private const float UnitsPerCharacter = 6.6f;

    public static void Set(IXAxis axis, IReadOnlyList<string> names, bool slanted)
    {
        axis.SetTicks([.. Enumerable.Range(0, names.Count).Select(i => (double)i)], [.. names]);
        axis.MajorTickStyle.Length = 0;
        if (slanted)
        {
            axis.TickLabelStyle.Rotation = -45;
            axis.TickLabelStyle.Alignment = Alignment.MiddleRight;
            axis.TickLabelStyle.OffsetY = 5;
            axis.MinimumSize = Math.Max(40, (Longest(names) * 0.75f) + 24);
        }
    }

    public static void Set(IYAxis axis, IReadOnlyList<string> names)
    {
        axis.SetTicks([.. Enumerable.Range(0, names.Count).Select(i => (double)i)], [.. names]);
        axis.MajorTickStyle.Length = 0;
        axis.MinimumSize = Longest(names) + 28;
    }

    private static float Longest(IReadOnlyList<string> names) => names.Count == 0 ? 0 : names.Max(n => n.Length) * UnitsPerCharacter;
}
