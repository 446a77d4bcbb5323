namespace DlpLora.Benchmarks.Routing;

/// <summary>How well a confidence tells texts of the tasks from others. All are fractions from 0 to 1.</summary>
/// <param name="Auroc">The chance that a text of the tasks has the higher confidence.</param>
/// <param name="FalseAcceptance">Other texts accepted where 95 % of the tasks' texts are.</param>
internal readonly record struct OutOfDomainFigures(double Auroc, double FalseAcceptance)
{
    /// <summary>Measures.</summary>
    /// <param name="inside">Confidences of texts of the tasks.</param>
    /// <param name="outside">Confidences of other texts.</param>
    public static OutOfDomainFigures Of(IEnumerable<double> inside, IReadOnlyList<double> outside)
    {
        double[] sorted = [.. inside.Order()];
        double wins = 0;
        foreach (double o in outside)
        {
            foreach (double i in sorted)
            {
                wins += i > o ? 1 : i == o ? 0.5 : 0;
            }
        }

        double at95 = sorted[(int)(sorted.Length * 0.05)];
        return new OutOfDomainFigures(wins / ((double)outside.Count * sorted.Length), outside.Count(o => o >= at95) / (double)outside.Count);
    }
}
