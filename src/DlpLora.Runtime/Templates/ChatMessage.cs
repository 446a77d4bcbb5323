namespace DlpLora.Runtime.Templates;

/// <summary>One message of a conversation, as a chat template reads it.</summary>
/// <param name="Role">Who speaks: <c>system</c>, <c>user</c>, <c>assistant</c>, <c>tool</c>, or what the template knows besides.</param>
/// <param name="Content">What is said; empty for an assistant's message that only calls functions.</param>
public sealed record ChatMessage(string Role, string Content)
{
    /// <summary>The speaker's or the function's name (<c>name</c>), if there is one.</summary>
    public string? Name { get; init; }

    /// <summary>The functions that an assistant's message calls (<c>tool_calls</c>), if any.</summary>
    public IReadOnlyList<ChatToolCall>? ToolCalls { get; init; }

    /// <summary>The call that a tool's message answers (<c>tool_call_id</c>), if it says so.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>What an assistant thought before it answered (<c>reasoning_content</c>), if it is kept apart.</summary>
    public string? ReasoningContent { get; init; }
}
