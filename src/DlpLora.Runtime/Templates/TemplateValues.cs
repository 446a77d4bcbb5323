using DlpLora.Runtime.Templates.Jinja.Values;

namespace DlpLora.Runtime.Templates;

/// <summary>Messages as the mappings that chat templates read, with or without marks in their texts.</summary>
internal static class TemplateValues
{
    public static List<object?> Of(IReadOnlyList<ChatMessage> messages, PromptMarks? marks)
    {
        List<object?> list = new(messages.Count);
        for (int i = 0; i < messages.Count; i++)
        {
            list.Add(Of(messages[i], i, marks));
        }

        return list;
    }

    /// <summary>A value whose texts carry marks before everything that spells a control token.</summary>
    public static object? Marked(object? value, PromptMarks? marks)
    {
        switch (value)
        {
            case string text when marks is not null:
                return marks.Mark(text);
            case List<object?> list when marks is not null:
                return list.ConvertAll(item => Marked(item, marks));
            case Dict dict when marks is not null:
                Dict marked = new();
                foreach ((object? key, object? item) in dict.Items)
                {
                    marked[Marked(key, marks)] = Marked(item, marks);
                }

                return marked;
            default:
                return value;
        }
    }

    private static Dict Of(ChatMessage message, int index, PromptMarks? marks)
    {
        Dict dict = new();
        dict["role"] = Marked(message.Role, marks);
        dict["content"] = marks is null ? message.Content : marks.MarkContent(message.Content, index);
        Add(dict, "name", message.Name, marks);
        Add(dict, "tool_call_id", message.ToolCallId, marks);
        Add(dict, "reasoning_content", message.ReasoningContent, marks);
        if (message.ToolCalls is { } calls)
        {
            dict["tool_calls"] = calls.Select(call => Marked(Of(call), marks)).ToList();
        }

        return dict;
    }

    private static Dict Of(ChatToolCall call)
    {
        Dict function = new();
        function["name"] = call.Name;
        function["arguments"] = JsonValues.From(call.Arguments);
        Dict dict = new();
        if (call.Id is not null)
        {
            dict["id"] = call.Id;
        }

        dict["type"] = "function";
        dict["function"] = function;
        return dict;
    }

    private static void Add(Dict dict, string name, string? value, PromptMarks? marks)
    {
        if (value is not null)
        {
            dict[name] = Marked(value, marks);
        }
    }
}
