namespace DlpLora.Runtime.Evaluation.Tasks;

/// <summary>One row of a task.</summary>
public sealed record TaskRow
{
    /// <summary>The row's id; its file and line where it names none.</summary>
    public required string Id { get; init; }

    /// <summary>What the model is given.</summary>
    public required string Input { get; init; }

    /// <summary>The accepted answer (of a multiple choice, the right option's text), or null where the split has none.</summary>
    public string? Output { get; init; }

    /// <summary>The options of a multiple choice, without letters, or null.</summary>
    public IReadOnlyList<string>? Choices { get; init; }

    /// <summary>The right option, from 0, or null.</summary>
    public int? Answer { get; init; }

    /// <summary>Further accepted answers.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>All accepted answers: <see cref="Output"/>, then <see cref="References"/>.</summary>
    public IReadOnlyList<string> Accepted => Output is null ? References : [Output, .. References];
}
