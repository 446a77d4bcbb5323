using System.Text.Json;

namespace DlpLora.Runtime.Templates;

/// <summary>What a chat template turns into a prompt.</summary>
public sealed class ChatTemplateInput
{
    /// <summary>The conversation, oldest message first.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>Functions that the model may call, each the JSON object that the template expects; null for none.</summary>
    public IReadOnlyList<JsonElement>? Tools { get; init; }

    /// <summary>Whether the prompt ends with the opening of an assistant's message.</summary>
    /// <value>True by default.</value>
    public bool AddGenerationPrompt { get; init; } = true;

    /// <summary>Further variables of the template (<c>enable_thinking</c>): null, bool, int, long, double, string or JsonElement.</summary>
    public IReadOnlyDictionary<string, object?>? Variables { get; init; }

    /// <summary>The clock that a template which asks for the date reads.</summary>
    /// <value>The system's clock by default.</value>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
