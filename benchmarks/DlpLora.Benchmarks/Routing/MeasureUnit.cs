namespace DlpLora.Benchmarks.Routing;

/// <summary>What a number of the router's table is.</summary>
internal enum MeasureUnit
{
    Percent,
    Fraction,
    Seconds,
    Microseconds,
    Bytes,
    Count,
}
