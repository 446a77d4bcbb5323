using DlpLora.Runtime.Evaluation.Metrics;
using DlpLora.Runtime.Evaluation.Scoring;
using DlpLora.Runtime.Evaluation.Tasks;

namespace DlpLora.Benchmarks.Tasks;

/// <summary>A row of a task as a question to a model.</summary>
/// <param name="Task">The task, whose name is also its adapter's.</param>
/// <param name="Row">The row.</param>
internal sealed record TaskQuestion(string Task, TaskRow Row)
{
    private const int ChoiceTokens = 32;
    private const int TextTokens = 96;

    /// <summary>The most tokens of its answer.</summary>
    public int MaxTokens => Row.Choices is null ? TextTokens : ChoiceTokens;

    /// <summary>What an answer is worth, 0 to 1: of a multiple choice whether it is right, of another its ROUGE-L against the best accepted text.</summary>
    public double Score(string answer) => Row.Choices is null
        ? Row.Accepted.Max(reference => Rouge.L(answer, reference).FMeasure)
        : TaskScorer.IsRight(Row, answer) ? 1 : 0;
}
