using DlpLora.Runtime.Tokenization;

namespace DlpLora.Runtime.Templates;

/// <summary>Finds the messages in a prompt by searching for them, for templates that look into a message and so notice marks.</summary>
internal static class UnmarkedPrompt
{
    public static RenderedPrompt Find(string text, ChatTemplateInput input, IReadOnlyList<string> spellings)
    {
        ControlSpellings controls = new(spellings);
        IReadOnlyList<ChatMessage> messages = input.Messages;
        if (input.Tools?.Any(tool => controls.PlacesIn(PromptMarks.TextOf(tool) + "\n").Count > 0) == true)
        {
            throw new TemplateException("rewrites a tool that spells a control token, so that the caller's words can't be told from the template's", 0);
        }

        TextRange?[] ranges = new TextRange?[messages.Count];
        List<TextRange> literal = [];
        int position = 0;
        for (int i = 0; i < messages.Count; i++)
        {
            ranges[i] = Locate(text, messages[i].Content, position);
            position = ranges[i]?.End ?? position;
            Check(text, messages[i], i, ranges[i], controls, literal);
        }

        return new RenderedPrompt(text, literal, ranges);
    }

    private static TextRange? Locate(string text, string content, int position)
    {
        foreach (string form in (string[])[content, content.Trim()])
        {
            int start = form.Length == 0 ? -1 : text.IndexOf(form, position, StringComparison.Ordinal);
            if (start >= 0)
            {
                return new TextRange(start, start + form.Length);
            }
        }

        return null;
    }

    private static void Check(string text, ChatMessage message, int index, TextRange? range, ControlSpellings controls, List<TextRange> literal)
    {
        string others = $"{message.Role}\n{message.Name}\n{message.ToolCallId}\n{message.ReasoningContent}\n"
            + string.Join('\n', message.ToolCalls?.Select(c => $"{c.Id}\n{c.Name}\n{PromptMarks.TextOf(c.Arguments)}") ?? []);
        if (controls.PlacesIn(others + "\n").Count > 0 || (range is null && controls.PlacesIn(message.Content).Count > 0))
        {
            throw new TemplateException(
                $"rewrites message {index}, which spells a control token, so that the caller's words can't be told from the template's", 0);
        }

        if (range is { } found)
        {
            literal.AddRange(controls.PlacesIn(text[found.Start..found.End])
                .Select(place => new TextRange(found.Start + place, found.Start + place + controls.LengthAt(text, found.Start + place))));
        }
    }
}
