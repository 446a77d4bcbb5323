using DlpLora.Runtime.Tokenization;

namespace DlpLora.Runtime.Templates;

/// <summary>A conversation as the model reads it, and where the caller's own words lie in it.</summary>
public sealed class RenderedPrompt
{
    internal RenderedPrompt(string text, IReadOnlyList<TextRange> literalRanges, IReadOnlyList<TextRange?> messageRanges)
    {
        Text = text;
        LiteralRanges = literalRanges;
        MessageRanges = messageRanges;
    }

    /// <summary>The prompt.</summary>
    public string Text { get; }

    /// <summary>
    /// Places, in order, where the caller's words spell a control token. Hand them to
    /// <see cref="HuggingFaceTokenizer.EncodeWithOffsets"/>, so that a user's text never becomes a control token.
    /// </summary>
    public IReadOnlyList<TextRange> LiteralRanges { get; }

    /// <summary>For each message, where its content lies in the text; null for an empty content and one that the template leaves out.</summary>
    public IReadOnlyList<TextRange?> MessageRanges { get; }
}
