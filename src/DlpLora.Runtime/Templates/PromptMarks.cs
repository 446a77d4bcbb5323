using System.Text;
using System.Text.Json;
using DlpLora.Runtime.Tokenization;

namespace DlpLora.Runtime.Templates;

/// <summary>
/// Characters that nobody else uses, put into the caller's texts before a template runs and taken out of what it wrote, to learn
/// where the texts went: around each message's content, and before everything that spells a control token.
/// </summary>
internal sealed class PromptMarks
{
    // Content i is written as Begin, the binary digits of i, Open, the content, End.
    private const int Kinds = 6;

    private readonly char _begin;
    private readonly char _zero;
    private readonly char _one;
    private readonly char _open;
    private readonly char _end;
    private readonly char _literal;
    private readonly string _all;
    private readonly ControlSpellings _spellings;
    private readonly IReadOnlyList<ChatMessage> _messages;

    private PromptMarks(string marks, IReadOnlyList<string> spellings, IReadOnlyList<ChatMessage> messages)
    {
        (_begin, _zero, _one, _open, _end, _literal) = (marks[0], marks[1], marks[2], marks[3], marks[4], marks[5]);
        _all = marks;
        _spellings = new ControlSpellings(spellings);
        _messages = messages;
    }

    /// <summary>Chooses marks that occur neither in the template nor in what it is given.</summary>
    public static PromptMarks Choose(string source, ChatTemplateInput input, IReadOnlyList<string> spellings)
    {
        HashSet<char> used = [.. source];
        foreach (ChatMessage message in input.Messages)
        {
            used.UnionWith($"{message.Role}{message.Content}{message.Name}{message.ToolCallId}{message.ReasoningContent}");
            foreach (ChatToolCall call in message.ToolCalls ?? [])
            {
                used.UnionWith($"{call.Id}{call.Name}{TextOf(call.Arguments)}");
            }
        }

        foreach (JsonElement tool in input.Tools ?? [])
        {
            used.UnionWith(TextOf(tool));
        }

        foreach (object? value in input.Variables?.Values ?? [])
        {
            used.UnionWith(value is JsonElement element ? TextOf(element) : value as string ?? string.Empty);
        }

        // Noncharacters first, which no text should hold; then the private use area.
        char[] free = [.. Enumerable.Range(0xFDD0, 32).Concat(Enumerable.Range(0xE000, 0x1900)).Select(c => (char)c).Where(c => !used.Contains(c)).Take(Kinds)];
        return free.Length == Kinds
            ? new PromptMarks(new string(free), spellings, input.Messages)
            : throw new TemplateException("the messages use every private character; none is left to mark their places with", 0);
    }

    public string Mark(string text)
    {
        List<int> places = _spellings.PlacesIn(text);
        if (places.Count == 0)
        {
            return text;
        }

        StringBuilder marked = new(text.Length + places.Count);
        int position = 0;
        foreach (int place in places)
        {
            marked.Append(text, position, place - position).Append(_literal);
            position = place;
        }

        return marked.Append(text, position, text.Length - position).ToString();
    }

    /// <summary>The marks stand inside the whitespace at the content's ends, since templates strip it.</summary>
    public string MarkContent(string content, int index)
    {
        ReadOnlySpan<char> trimmed = content.AsSpan().Trim();
        if (trimmed.IsEmpty)
        {
            return content;
        }

        int start = content.AsSpan().TrimEnd().Length - trimmed.Length;
        StringBuilder marked = new(content.Length + 40);
        marked.Append(content, 0, start).Append(_begin);
        for (int rest = index; rest > 0; rest >>= 1)
        {
            marked.Append((rest & 1) == 1 ? _one : _zero);
        }

        return marked.Append(_open).Append(Mark(trimmed.ToString())).Append(_end)
            .Append(content, start + trimmed.Length, content.Length - start - trimmed.Length).ToString();
    }

    /// <summary>Reads the marks, or returns null where the template did something else because of them.</summary>
    public RenderedPrompt? Resolve(string marked, string text)
    {
        TextRange?[] ranges = new TextRange?[_messages.Count];
        int[] starts = new int[_messages.Count];
        Array.Fill(starts, -1);
        List<TextRange> literal = [];
        int current = -1;
        int position = 0;
        for (int i = 0; i < marked.Length; i++)
        {
            char c = marked[i];
            if (!_all.Contains(c, StringComparison.Ordinal))
            {
                if (position == text.Length || text[position] != c)
                {
                    return null;
                }

                position++;
            }
            else if (c == _literal)
            {
                literal.Add(new TextRange(position, position + _spellings.LengthAt(text, position)));
            }
            else if (c == _begin)
            {
                current = IndexAt(marked, ref i);
                if (current >= 0 && current < starts.Length && starts[current] < 0)
                {
                    starts[current] = position;
                }
            }
            else if (c == _end && current >= 0 && current < starts.Length)
            {
                ranges[current] ??= Widened(text, _messages[current].Content, new TextRange(starts[current], position));
                current = -1;
            }
        }

        return position == text.Length ? new RenderedPrompt(text, literal, ranges) : null;
    }

    private int IndexAt(string marked, ref int i)
    {
        int index = 0;
        for (int bit = 0; i + 1 < marked.Length && bit < 31; bit++)
        {
            i++;
            if (marked[i] == _open)
            {
                return index;
            }

            if (marked[i] != _one && marked[i] != _zero)
            {
                i--;
                break;
            }

            index |= marked[i] == _one ? 1 << bit : 0;
        }

        return -1;
    }

    /// <summary>Takes in the content's own whitespace where the template kept it.</summary>
    private static TextRange Widened(string text, string content, TextRange range)
    {
        ReadOnlySpan<char> lead = content.AsSpan(0, content.Length - content.AsSpan().TrimStart().Length);
        ReadOnlySpan<char> trail = content.AsSpan(content.AsSpan().TrimEnd().Length);
        int start = text.AsSpan(0, range.Start).EndsWith(lead) ? range.Start - lead.Length : range.Start;
        int end = text.AsSpan(range.End).StartsWith(trail) ? range.End + trail.Length : range.End;
        return new TextRange(start, end);
    }

    /// <summary>Every name and text of a JSON value, its escapes resolved.</summary>
    public static string TextOf(JsonElement element)
    {
        StringBuilder text = new();
        Collect(element, text);
        return text.ToString();
    }

    private static void Collect(JsonElement element, StringBuilder text)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            text.Append(element.GetString());
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
            {
                Collect(item, text);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in element.EnumerateObject())
            {
                text.Append(property.Name);
                Collect(property.Value, text);
            }
        }
    }
}
