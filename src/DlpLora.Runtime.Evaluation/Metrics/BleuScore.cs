namespace DlpLora.Runtime.Evaluation.Metrics;

/// <summary>A BLEU score and what it was computed from.</summary>
public sealed class BleuScore
{
    internal BleuScore(double score, double[] precisions, double brevityPenalty, long hypothesisLength, long referenceLength)
    {
        Score = score;
        Precisions = precisions;
        BrevityPenalty = brevityPenalty;
        HypothesisLength = hypothesisLength;
        ReferenceLength = referenceLength;
    }

    /// <summary>The score, 0 to 100.</summary>
    public double Score { get; }

    /// <summary>The n-gram precisions for n = 1 to 4, 0 to 100, smoothed.</summary>
    public IReadOnlyList<double> Precisions { get; }

    /// <summary>The factor for hypotheses shorter than their references, 0 to 1.</summary>
    public double BrevityPenalty { get; }

    /// <summary>Tokens of all hypotheses.</summary>
    public long HypothesisLength { get; }

    /// <summary>Tokens of the references closest in length.</summary>
    public long ReferenceLength { get; }
}
