using System.Globalization;

namespace DlpLora.Benchmarks.Routing;

/// <summary>Writes numbers of the table with the mean's and the spread's digits.</summary>
internal static class MeasureFormat
{
    /// <summary>The mean, and the half width of the range where there are several numbers.</summary>
    public static string Write(this MeasureUnit unit, IReadOnlyList<double> values)
    {
        double mean = values.Average();
        double half = (values.Max() - values.Min()) / 2;
        string spread = values.Count > 1 && half > 0 ? $" \u00B1 {Number(unit, half)}" : string.Empty;
        string suffix = unit switch
        {
            MeasureUnit.Percent => " %",
            MeasureUnit.Seconds => " s",
            MeasureUnit.Microseconds => " us",
            MeasureUnit.Bytes => " B",
            _ => string.Empty,
        };
        return $"{Number(unit, mean)}{spread}{suffix}";
    }

    /// <summary>A difference with its sign, and its standard error.</summary>
    public static string WriteDifference(this MeasureUnit unit, double mean, double error) =>
        $"{(mean < 0 ? "-" : "+")}{Number(unit, Math.Abs(mean))} \u00B1 {Number(unit, error)}";

    private static string Number(MeasureUnit unit, double value) => unit switch
    {
        MeasureUnit.Percent => (value * 100).ToString("0.00", CultureInfo.InvariantCulture),
        MeasureUnit.Fraction => value.ToString("0.0000", CultureInfo.InvariantCulture),
        MeasureUnit.Seconds or MeasureUnit.Microseconds => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("#,0", CultureInfo.InvariantCulture),
    };
}
