namespace DlpLora.Benchmarks.Reporting;

/// <summary>The repeated measurements of one side.</summary>
/// <param name="Name">The side.</param>
/// <param name="Unit">What the values are in.</param>
/// <param name="Values">One value a repetition, in their order; those of several sides at one place were measured in one repetition.</param>
internal sealed record Series(string Name, string Unit, IReadOnlyList<double> Values)
{
    public double Median => Statistics.Median(Values);

    /// <summary>What this side gives for one of the other, repetition by repetition.</summary>
    public Series To(Series other) => new(Name, "ratio", [.. Values.Zip(other.Values, (own, its) => own / its)]);
}
