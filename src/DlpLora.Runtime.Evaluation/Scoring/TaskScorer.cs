using DlpLora.Runtime.Evaluation.Metrics;
using DlpLora.Runtime.Evaluation.Tasks;

namespace DlpLora.Runtime.Evaluation.Scoring;

/// <summary>Scores a task's answers: multiple choices by accuracy, free answers by ROUGE-L and BLEU.</summary>
public static class TaskScorer
{
    /// <summary>Scores answers against their rows.</summary>
    /// <param name="rows">The rows, at least one, all multiple choices or none.</param>
    /// <param name="answers">One answer a row, in the same order.</param>
    /// <exception cref="ArgumentException">The counts differ, kinds are mixed, or a row has nothing to compare with.</exception>
    public static TaskScore Score(IReadOnlyList<TaskRow> rows, IReadOnlyList<string> answers)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(answers);
        if (rows.Count == 0 || rows.Count != answers.Count)
        {
            throw new ArgumentException($"there are {answers.Count} answers for {rows.Count} rows; expected one a row, and at least one", nameof(answers));
        }

        int choices = rows.Count(row => row.Choices is not null);
        if (choices != 0 && choices != rows.Count)
        {
            throw new ArgumentException($"{choices} of {rows.Count} rows are multiple choices; expected all or none", nameof(rows));
        }

        if (rows.FirstOrDefault(row => row.Choices is null ? row.Accepted.Count == 0 : row.Answer is null) is { } blank)
        {
            throw new ArgumentException($"row '{blank.Id}' has no accepted answer", nameof(rows));
        }

        return choices > 0
            ? new TaskScore { Rows = rows.Count, Accuracy = rows.Zip(answers).Average(pair => IsRight(pair.First, pair.Second) ? 1.0 : 0.0) }
            : new TaskScore
            {
                Rows = rows.Count,
                RougeL = rows.Zip(answers).Average(pair => pair.First.Accepted.Max(reference => Rouge.L(pair.Second, reference).FMeasure)),
                Bleu = Metrics.Bleu.Corpus(rows.Zip(answers).Select(pair => (pair.Second, pair.First.Accepted))).Score,
            };
    }

    /// <summary>Whether an answer chooses the row's right option.</summary>
    /// <param name="row">A multiple choice.</param>
    /// <param name="answer">What the model wrote.</param>
    public static bool IsRight(TaskRow row, string answer)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.Choices is { } options && row.Answer is { } right
            ? MultipleChoice.Choose(answer, options) == right
            : throw new ArgumentException($"row '{row.Id}' is no multiple choice with an answer", nameof(row));
    }
}
