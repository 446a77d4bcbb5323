namespace DlpLora.Reports;

/// <summary>The bars of one colour in a <see cref="BarChart"/>.</summary>
/// <param name="Name">Its name in the legend; empty keeps it out.</param>
/// <param name="Values">A value for each category. A value that is not a number leaves its place empty.</param>
public sealed record BarSeries(string Name, IReadOnlyList<Spread> Values);
