using System.Text.Json;
using DlpLora.Runtime.Tokenization;

namespace DlpLora.Benchmarks.Quantization;

/// <summary>Task text as the model reads it: a prompt in its chat format and the task's answer.</summary>
internal static class TaskText
{
    /// <summary>Token ids of test rows, the first rows of every task, each cut to a length.</summary>
    public static List<int[]> Read(string tasks, string tokenizer, int rowsPerTask, int maximumTokens)
    {
        HuggingFaceTokenizer tokens = HuggingFaceTokenizer.Load(tokenizer);
        List<int[]> texts = [];
        foreach (string folder in Directory.GetDirectories(tasks).Order(StringComparer.Ordinal))
        {
            string file = Path.Combine(folder, "test.jsonl");
            if (!File.Exists(file))
            {
                continue;
            }

            foreach (string line in File.ReadLines(file).Take(rowsPerTask))
            {
                using JsonDocument row = JsonDocument.Parse(line);
                string text = $"<|im_start|>user\n{row.RootElement.GetProperty("input").GetString()}<|im_end|>\n<|im_start|>assistant\n{row.RootElement.GetProperty("output").GetString()}<|im_end|>\n";
                texts.Add([.. tokens.Encode(text).Take(maximumTokens)]);
            }
        }

        return texts;
    }
}
