namespace DlpLora.Runtime.Evaluation.Metrics;

/// <summary>One ROUGE score, each number from 0 to 1.</summary>
/// <param name="Precision">Matches by the hypothesis's length.</param>
/// <param name="Recall">Matches by the reference's length.</param>
public readonly record struct RougeScore(double Precision, double Recall)
{
    /// <summary>The harmonic mean of precision and recall.</summary>
    public double FMeasure => Precision + Recall > 0 ? 2 * Precision * Recall / (Precision + Recall) : 0;
}
