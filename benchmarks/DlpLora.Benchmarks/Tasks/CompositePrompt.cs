using System.Text.Json;
using DlpLora.Runtime;

namespace DlpLora.Benchmarks.Tasks;

/// <summary>A prompt of several tasks.</summary>
/// <param name="Id">The row's id.</param>
/// <param name="Input">The prompt.</param>
/// <param name="Questions">Its questions in their order, each as it stands in its own task.</param>
internal sealed record CompositePrompt(string Id, string Input, IReadOnlyList<TaskQuestion> Questions)
{
    /// <summary>Reads <c>composite.jsonl</c>; a segment's <c>id</c> names the test row that it repeats.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">The test rows by id.</param>
    public static IReadOnlyList<CompositePrompt> Read(string path, IReadOnlyDictionary<string, TaskQuestion> rows)
    {
        List<CompositePrompt> prompts = [];
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            TaskQuestion[] questions =
            [
                .. root.GetProperty("segments").EnumerateArray().Select(s => s.GetProperty("id").GetString()!).Select(id => rows.TryGetValue(id, out TaskQuestion? row)
                    ? row
                    : throw new InvalidFileException(path, $"line {prompts.Count + 1}", $"names the row '{id}'; expected one of the core tasks' test rows")),
            ];
            prompts.Add(new CompositePrompt(root.GetProperty("id").GetString()!, root.GetProperty("input").GetString()!, questions));
        }

        return prompts;
    }

    /// <summary>The most tokens of its answer: what its questions may take alone.</summary>
    public int MaxTokens => Questions.Sum(q => q.MaxTokens);

    /// <summary>The sum of its questions' scores, one answer each.</summary>
    public double Score(IReadOnlyList<string> answers) =>
        Enumerable.Range(0, Questions.Count).Sum(i => i < answers.Count ? Questions[i].Score(answers[i]) : 0);

    /// <summary>
    /// The sum of its questions' scores in one text that answers them in their order: cut at the line ends that suit it best, so a way of
    /// answering never loses for how it separates its answers.
    /// </summary>
    public double Score(string text)
    {
        string[] lines = text.Split('\n');
        double[] best = new double[lines.Length + 1]; // [lines read], of the questions so far
        for (int question = 0; question < Questions.Count; question++)
        {
            double[] next = new double[lines.Length + 1];
            for (int end = 0; end <= lines.Length; end++)
            {
                for (int start = 0; start <= end; start++)
                {
                    next[end] = Math.Max(next[end], best[start] + Questions[question].Score(string.Join('\n', lines[start..end])));
                }
            }

            best = next;
        }

        return best.Max();
    }
}
