using System.Text.Json;
using DlpLora.Runtime.Tokenization;

namespace DlpLora.Benchmarks.Quantization;

/// <summary>Task text as the model reads it: a prompt in its chat format and the task's answer.</summary>
internal static class TaskText
{
    /// <summary>Token ids of test rows, the first rows of every task, each cut to a length.</summary>
    public static List<int[]> Read(string tasks, string tokenizer, int rowsPerTask, int maximumTokens) =>
        ReadTasks(tasks, "test.jsonl", tokenizer, rowsPerTask, maximumTokens).ConvertAll(t => t.Ids);

    /// <summary>Token ids of the first rows of every task's file, each cut to a length, with the task's name.</summary>
    public static List<(string Task, int[] Ids)> ReadTasks(string tasks, string fileName, string tokenizer, int rowsPerTask, int maximumTokens)
    {
        HuggingFaceTokenizer tokens = HuggingFaceTokenizer.Load(tokenizer);
        List<(string, int[])> texts = [];
        foreach (string folder in Directory.GetDirectories(tasks).Order(StringComparer.Ordinal))
        {
            string file = Path.Combine(folder, fileName);
            if (!File.Exists(file))
            {
                continue;
            }

            foreach (string line in File.ReadLines(file).Take(rowsPerTask))
            {
                using JsonDocument row = JsonDocument.Parse(line);
                string text = $"<|im_start|>user\n{row.RootElement.GetProperty("input").GetString()}<|im_end|>\n<|im_start|>assistant\n{row.RootElement.GetProperty("output").GetString()}<|im_end|>\n";
                texts.Add((Path.GetFileName(folder), [.. tokens.Encode(text).Take(maximumTokens)]));
            }
        }

        return texts;
    }
}
