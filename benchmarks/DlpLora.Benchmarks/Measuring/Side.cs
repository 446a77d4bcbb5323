namespace DlpLora.Benchmarks.Measuring;

/// <summary>One side of a comparison.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Measure">Does the work once and returns its value.</param>
internal sealed record Side(string Name, Func<Task<double>> Measure);
