namespace DlpLora.Runtime.Evaluation.Tasks;

/// <summary>The rows of one split of one task.</summary>
/// <param name="Name">The task's name, without the number before it.</param>
/// <param name="Path">The file.</param>
/// <param name="Rows">The rows, in the file's order.</param>
public sealed record TaskSplit(string Name, string Path, IReadOnlyList<TaskRow> Rows);
