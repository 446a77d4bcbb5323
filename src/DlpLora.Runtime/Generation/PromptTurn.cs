using DlpLora.Runtime.Tokenization;

namespace DlpLora.Runtime.Generation;

/// <summary>A message of a prompt, for routing.</summary>
/// <param name="IsUser">Whether a user wrote it.</param>
/// <param name="Text">Its text, as the prompt holds it.</param>
/// <param name="Range">Where the prompt holds it; null where that is not known.</param>
internal readonly record struct PromptTurn(bool IsUser, string Text, TextRange? Range)
{
    /// <summary>The role of a user's message.</summary>
    public const string User = "user";
}
