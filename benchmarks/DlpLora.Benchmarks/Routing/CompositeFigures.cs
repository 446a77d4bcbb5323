using System.Text.Json;
using DlpLora.Runtime.Routing;

namespace DlpLora.Benchmarks.Routing;

/// <summary>How a router did on prompts with two tasks in them. All but the count are fractions from 0 to 1.</summary>
/// <param name="Rows">Prompts whose tasks the router both knows.</param>
/// <param name="Top2">Both tasks are the two most likely of the whole prompt.</param>
/// <param name="Segments">Exactly two segments with the right tasks.</param>
/// <param name="Exact">And the border between the first task's end and the second one's start.</param>
internal readonly record struct CompositeFigures(int Rows, double Top2, double Segments, double Exact)
{
    /// <summary>Measures on <c>composite.jsonl</c>.</summary>
    /// <param name="router">The router.</param>
    /// <param name="path">The file.</param>
    /// <param name="mistake">Told of every prompt that is not right.</param>
    public static CompositeFigures Of(Router router, string path, Action<string>? mistake = null)
    {
        int rows = 0;
        int top2 = 0;
        int segments = 0;
        int exact = 0;
        foreach ((string text, string[] tasks, int end, int start) in Read(path))
        {
            if (!tasks.All(router.Labels.Contains))
            {
                continue;
            }

            rows++;
            RoutingDecision whole = router.Decide(text);
            string[] best = [.. router.Labels.OrderByDescending(whole.ProbabilityOf).Take(2)];
            top2 += tasks.All(best.Contains) ? 1 : 0;
            IReadOnlyList<SegmentDecision> found = router.DecideSegments(text, RoutingPolicy.Default);
            bool named = found.Count == 2 && found.Zip(tasks).All(p => !p.First.Decision.Abstained && p.First.Decision.Adapters[0].Name == p.Second);
            segments += named ? 1 : 0;
            bool right = named && found[0].End >= end && found[0].End <= start;
            exact += right ? 1 : 0;
            if (!right)
            {
                mistake?.Invoke($"    {string.Join(" + ", tasks)} border {end}-{start}: {string.Join(" | ", found.Select(f => $"{f.End} {f.Decision}"))}");
            }
        }

        return new CompositeFigures(rows, (double)top2 / rows, (double)segments / rows, (double)exact / rows);
    }

    /// <summary>The prompts: text, both tasks, where the first ends, where the second starts.</summary>
    public static IEnumerable<(string Text, string[] Tasks, int End, int Start)> Read(string path)
    {
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            JsonElement.ArrayEnumerator parts = row.RootElement.GetProperty("segments").EnumerateArray();
            yield return (
                row.RootElement.GetProperty("input").GetString()!,
                [.. row.RootElement.GetProperty("tasks").EnumerateArray().Select(t => t.GetString()!)],
                parts.ElementAt(0).GetProperty("end").GetInt32(),
                parts.ElementAt(1).GetProperty("start").GetInt32());
        }
    }
}
