namespace DlpLora.Runtime.Evaluation.Scoring;

/// <summary>How one task's answers compare with what was accepted. A measure that does not apply is null.</summary>
public sealed record TaskScore
{
    /// <summary>The number of answers scored.</summary>
    public required int Rows { get; init; }

    /// <summary>The share of multiple-choice answers that choose the right option, 0 to 1.</summary>
    public double? Accuracy { get; init; }

    /// <summary>The mean ROUGE-L F-measure of free answers, the best over the accepted texts, 0 to 1.</summary>
    public double? RougeL { get; init; }

    /// <summary>The corpus BLEU of free answers against all accepted texts, 0 to 100.</summary>
    public double? Bleu { get; init; }

    /// <summary>The task's one number, 0 to 1: accuracy of a multiple choice, else ROUGE-L.</summary>
    public double Headline => Accuracy ?? RougeL ?? 0;
}
