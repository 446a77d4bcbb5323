using System.Text.Json;

namespace DlpLora.Runtime.Templates;

/// <summary>A function call that an assistant's message asks for.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Arguments">Its arguments, a JSON object; or a JSON string, which templates write as it is.</param>
public sealed record ChatToolCall(string Name, JsonElement Arguments)
{
    /// <summary>The call's id, if it has one.</summary>
    public string? Id { get; init; }
}
