namespace DlpLora.Benchmarks.Tasks;

/// <summary>All that the ablation found.</summary>
/// <param name="Machine">What it ran on.</param>
/// <param name="Model">Base and precision.</param>
/// <param name="Router">The router's version.</param>
/// <param name="Rows">Rows of each task at most.</param>
/// <param name="Tasks">The tasks' names.</param>
/// <param name="Choice">Which of them are multiple choice.</param>
/// <param name="Configurations">The ways to choose a mixture, and sentence scope.</param>
/// <param name="Composites">How many composite prompts there are.</param>
/// <param name="Composite">The ways to answer them.</param>
/// <param name="Foreign">Prompts of no task.</param>
internal sealed record AblationResults(
    string Machine,
    string Model,
    string Router,
    int Rows,
    IReadOnlyList<string> Tasks,
    IReadOnlyList<bool> Choice,
    IReadOnlyList<ConfigurationResult> Configurations,
    int Composites,
    IReadOnlyList<CompositeResult> Composite,
    ForeignResult Foreign);
