namespace DlpLora.Runtime.Generation;

/// <summary>The prompt leaves no room for an answer in the model's context.</summary>
public sealed class PromptTooLongException : InvalidRequestException
{
    /// <summary>Creates the error.</summary>
    /// <param name="promptTokens">Tokens of the prompt.</param>
    /// <param name="contextLength">The longest sequence of the model, prompt and answer together.</param>
    public PromptTooLongException(int promptTokens, int contextLength)
        : base("prompt", $"has {promptTokens} tokens; the model's context holds {contextLength}, prompt and answer together")
    {
        PromptTokens = promptTokens;
        ContextLength = contextLength;
    }

    /// <summary>Tokens of the prompt.</summary>
    public int PromptTokens { get; }

    /// <summary>The longest sequence of the model, prompt and answer together.</summary>
    public int ContextLength { get; }
}
