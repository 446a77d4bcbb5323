using System.Text.Json;
using DlpLora.Runtime.Templates;
using DlpLora.Testing;

namespace DlpLora.Runtime.Tests.Templates;

/// <summary>Every row of what transformers rendered, text or error.</summary>
[TestClass]
public sealed class GoldenChatTemplateTests
{
    [TestMethod]
    [TestCategory(SharedData.Category)]
    [DataRow("smollm2-135m-instruct")]
    [DataRow("llama3_1")]
    [DataRow("qwen3")]
    [DataRow("gemma3")]
    public void EveryRowEqualsTheReference(string model)
    {
        if (SharedData.Find("golden", "tokenizers", model) is not { } folder)
        {
            Assert.Inconclusive(SharedData.Missing);
            return;
        }

        ChatTemplate template = ChatTemplate.Load(folder);
        int rows = 0;
        foreach (string line in File.ReadLines(Path.Combine(folder, "chat.jsonl")))
        {
            JsonElement row = JsonDocument.Parse(line).RootElement;
            ChatTemplateInput input = new()
            {
                Messages = [.. row.GetProperty("messages").EnumerateArray().Select(MessageOf)],
                Tools = row.TryGetProperty("tools", out JsonElement tools) && tools.ValueKind == JsonValueKind.Array ? [.. tools.EnumerateArray()] : null,
                AddGenerationPrompt = row.GetProperty("add_generation_prompt").GetBoolean(),
                Variables = row.GetProperty("variables").EnumerateObject().ToDictionary(p => p.Name, p => (object?)p.Value),
            };
            if (row.TryGetProperty("error", out JsonElement error) && error.ValueKind == JsonValueKind.String)
            {
                Assert.AreEqual(error.GetString(), Assert.ThrowsExactly<TemplateException>(() => template.Render(input)).Problem, line);
            }
            else
            {
                RenderedPrompt prompt = template.Render(input);
                Assert.AreEqual(row.GetProperty("text").GetString(), prompt.Text, line);
                for (int i = 0; i < input.Messages.Count; i++)
                {
                    if (prompt.MessageRanges[i] is { } range)
                    {
                        Assert.AreEqual(input.Messages[i].Content.Trim(), prompt.Text[range.Start..range.End].Trim(), line);
                    }
                    else if (input.Messages[i].Role == "user")
                    {
                        Assert.Fail($"user message {i} was not found: {line}");
                    }
                }
            }

            rows++;
        }

        Assert.IsGreaterThan(10, rows);
    }

    private static ChatMessage MessageOf(JsonElement message) => new(message.GetProperty("role").GetString()!, message.GetProperty("content").GetString()!)
    {
        Name = message.TryGetProperty("name", out JsonElement name) ? name.GetString() : null,
        ToolCalls = message.TryGetProperty("tool_calls", out JsonElement calls)
            ? [.. calls.EnumerateArray().Select(c => new ChatToolCall(c.GetProperty("function").GetProperty("name").GetString()!, c.GetProperty("function").GetProperty("arguments")))]
            : null,
    };
}
