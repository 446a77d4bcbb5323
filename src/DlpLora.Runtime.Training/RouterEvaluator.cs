using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Storage;

namespace DlpLora.Runtime.Training;

/// <summary>Measures a router on rows with known labels.</summary>
public static class RouterEvaluator
{
    private const int Bins = 15;
    private const int ProgressEvery = 64;

    /// <summary>Reads <c>&lt;NN-task&gt;/&lt;split&gt;.jsonl</c> of the router's labels; a label without the file is left out.</summary>
    /// <param name="router">The router.</param>
    /// <param name="folder">The folder with a folder a task.</param>
    /// <param name="split">The split: <c>test</c>, ...</param>
    /// <exception cref="InvalidFileException">The folder is missing, holds the split for none of the labels, or a row is not readable.</exception>
    public static IReadOnlyList<RouterExample> ReadRows(Router router, string folder, string split)
    {
        ArgumentNullException.ThrowIfNull(router);
        List<RouterExample> rows = [];
        foreach ((string task, string path) in TaskFolders.Find(folder, split))
        {
            if (router.Labels.Contains(task))
            {
                rows.AddRange(ExampleFile.ReadForMeasuring(path, task));
            }
        }

        return rows.Count > 0
            ? rows
            : throw new InvalidFileException(folder, split, "has rows for none of the router's labels");
    }

    /// <summary>Evaluates.</summary>
    /// <param name="router">The router.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="split">The name for the report.</param>
    /// <exception cref="ArgumentException">There are no rows.</exception>
    public static RouterEvaluation Evaluate(Router router, IReadOnlyList<RouterExample> rows, string split = "") => Summarize(Route(router, rows), split);

    /// <summary>Routes every row: what <see cref="Summarize"/>, a confusion matrix or a list of mistakes is made of.</summary>
    /// <param name="router">The router.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="progress">Told the share of the rows that is done, 0 to 1.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>An outcome a row, in the rows' order.</returns>
    /// <exception cref="ArgumentException">There are no rows.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static IReadOnlyList<RouterOutcome> Route(
        Router router, IReadOnlyList<RouterExample> rows, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(router);
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count == 0)
        {
            throw new ArgumentException("There are no rows to evaluate on.", nameof(rows));
        }

        RouterOutcome[] outcomes = new RouterOutcome[rows.Count];
        RoutingDecision decision = new();
        for (int i = 0; i < outcomes.Length; i++)
        {
            router.Decide(rows[i].Text, RoutingPolicy.Default, decision);
            (int first, int second) = TwoBest(decision.Probabilities);
            outcomes[i] = new RouterOutcome(
                rows[i].Text, rows[i].Label, router.Labels[first], router.Labels[second < 0 ? first : second], decision.Probabilities[first], decision.Abstained);
            if (i % ProgressEvery == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report((double)i / outcomes.Length);
            }
        }

        progress?.Report(1);
        return outcomes;
    }

    /// <summary>The figures of outcomes.</summary>
    /// <param name="outcomes">The outcomes.</param>
    /// <param name="split">The name for the report.</param>
    /// <exception cref="ArgumentException">There are no outcomes.</exception>
    public static RouterEvaluation Summarize(IReadOnlyList<RouterOutcome> outcomes, string split = "")
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        if (outcomes.Count == 0)
        {
            throw new ArgumentException("There are no outcomes.", nameof(outcomes));
        }

        Dictionary<string, (int Right, int Rows)> tasks = new(StringComparer.Ordinal);
        (int Right, double Probability)[] bins = new (int, double)[Bins];
        int top1 = 0;
        int top2 = 0;
        int abstained = 0;
        foreach (RouterOutcome outcome in outcomes)
        {
            int right = outcome.Found == outcome.Label ? 1 : 0;
            top1 += right;
            top2 += right == 1 || outcome.Runner == outcome.Label ? 1 : 0;
            abstained += outcome.Abstained ? 1 : 0;
            (int taskRight, int taskRows) = tasks.GetValueOrDefault(outcome.Label);
            tasks[outcome.Label] = (taskRight + right, taskRows + 1);
            ref (int Right, double Probability) bin = ref bins[Math.Min((int)(outcome.Probability * Bins), Bins - 1)];
            bin = (bin.Right + right, bin.Probability + outcome.Probability);
        }

        return new RouterEvaluation(
            split,
            outcomes.Count,
            (double)top1 / outcomes.Count,
            (double)top2 / outcomes.Count,
            bins.Sum(b => Math.Abs(b.Probability - b.Right)) / outcomes.Count,
            (double)abstained / outcomes.Count,
            tasks.ToDictionary(t => t.Key, t => (double)t.Value.Right / t.Value.Rows, StringComparer.Ordinal));
    }

    private static (int First, int Second) TwoBest(ReadOnlySpan<float> values)
    {
        int first = -1;
        int second = -1;
        for (int i = 0; i < values.Length; i++)
        {
            if (first < 0 || values[i] > values[first])
            {
                (first, second) = (i, first);
            }
            else if (second < 0 || values[i] > values[second])
            {
                second = i;
            }
        }

        return (first, second);
    }
}
