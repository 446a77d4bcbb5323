namespace DlpLora.Runtime.Training;

/// <summary>One thing that was found while reading training data, and where.</summary>
/// <param name="Problem">What it is, and what was done about it.</param>
/// <param name="Path">The file; empty for examples from memory.</param>
/// <param name="Line">The line in the file, from 1; for examples from memory, their number from 1.</param>
/// <param name="Detail">What exactly, for people.</param>
public sealed record RouterTrainingFinding(RouterTrainingProblem Problem, string Path, int Line, string Detail)
{
    /// <summary>The place and the detail in one line.</summary>
    public override string ToString() => Path.Length == 0 ? $"row {Line}: {Detail}" : $"{Path}: line {Line}: {Detail}";
}
