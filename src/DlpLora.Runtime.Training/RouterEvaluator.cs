using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Storage;

namespace DlpLora.Runtime.Training;

/// <summary>Measures a router on rows with known labels.</summary>
public static class RouterEvaluator
{
    private const int Bins = 15;

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
                rows.AddRange(ExampleFile.Read(path, task, int.MaxValue).Examples);
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
    public static RouterEvaluation Evaluate(Router router, IReadOnlyList<RouterExample> rows, string split = "")
    {
        ArgumentNullException.ThrowIfNull(router);
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count == 0)
        {
            throw new ArgumentException("There are no rows to evaluate on.", nameof(rows));
        }

        Dictionary<string, (int Right, int Rows)> tasks = new(StringComparer.Ordinal);
        (int Rows, int Right, double Probability)[] bins = new (int, int, double)[Bins];
        RoutingDecision decision = new();
        int top1 = 0;
        int top2 = 0;
        int abstained = 0;
        foreach (RouterExample row in rows)
        {
            router.Decide(row.Text, RoutingPolicy.Default, decision);
            (int first, int second) = TwoBest(decision.Probabilities);
            bool right = first >= 0 && router.Labels[first] == row.Label;
            top1 += right ? 1 : 0;
            top2 += right || (second >= 0 && router.Labels[second] == row.Label) ? 1 : 0;
            abstained += decision.Abstained ? 1 : 0;
            (int taskRight, int taskRows) = tasks.GetValueOrDefault(row.Label);
            tasks[row.Label] = (taskRight + (right ? 1 : 0), taskRows + 1);

            double probability = decision.Probabilities[first];
            ref (int Rows, int Right, double Probability) bin = ref bins[Math.Min((int)(probability * Bins), Bins - 1)];
            bin = (bin.Rows + 1, bin.Right + (right ? 1 : 0), bin.Probability + probability);
        }

        double ece = 0;
        foreach ((_, int right, double probability) in bins)
        {
            ece += Math.Abs(probability - right) / rows.Count;
        }

        return new RouterEvaluation(
            split,
            rows.Count,
            (double)top1 / rows.Count,
            (double)top2 / rows.Count,
            ece,
            (double)abstained / rows.Count,
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
