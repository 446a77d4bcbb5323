namespace DlpLora.Reports;

/// <summary>A measured value with the range that its repetitions covered, in the unit of its axis.</summary>
/// <param name="Value">The value to draw: a mean or a median.</param>
/// <param name="Low">The lower end of the range.</param>
/// <param name="High">The upper end of the range.</param>
public readonly record struct Spread(double Value, double Low, double High)
{
    /// <summary>A value that was measured once, or is exact.</summary>
    /// <param name="value">The value.</param>
    public static Spread Exact(double value) => new(value, value, value);

    /// <summary>The mean of repetitions, from the smallest to the largest.</summary>
    /// <param name="values">The repetitions, at least one.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static Spread Of(IEnumerable<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        double[] all = [.. values];
        return all.Length > 0
            ? new Spread(all.Average(), all.Min(), all.Max())
            : throw new ArgumentException("There are no values.", nameof(values));
    }
}
