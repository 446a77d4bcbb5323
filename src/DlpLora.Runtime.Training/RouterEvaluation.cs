namespace DlpLora.Runtime.Training;

/// <summary>How a router did on rows with known labels. All figures but the count are fractions from 0 to 1.</summary>
/// <param name="Split">What the rows are.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Top1">Rows whose label has the highest score, whether or not the router abstains.</param>
/// <param name="Top2">Rows whose label is among the two highest.</param>
/// <param name="Ece">Expected calibration error of the highest probability, over 15 bins of equal width.</param>
/// <param name="Abstained">Rows on which the router abstains.</param>
/// <param name="PerTask">Top-1 by label.</param>
public sealed record RouterEvaluation(
    string Split, int Rows, double Top1, double Top2, double Ece, double Abstained, IReadOnlyDictionary<string, double> PerTask);
