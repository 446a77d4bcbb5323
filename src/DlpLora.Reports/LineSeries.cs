namespace DlpLora.Reports;

/// <summary>One line of a <see cref="LineChart"/>.</summary>
/// <param name="Name">Its name in the legend; empty keeps it out.</param>
/// <param name="X">Positions, ascending.</param>
/// <param name="Values">A value for each position. A value that is not a number leaves a gap.</param>
public sealed record LineSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<Spread> Values);
