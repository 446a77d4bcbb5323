namespace DlpLora.Runtime.Tokenization;

/// <summary>A text's tokens, each with the place that it came from.</summary>
public sealed class EncodedText
{
    internal EncodedText(int[] ids, TextRange[] offsets)
    {
        Ids = ids;
        Offsets = offsets;
    }

    /// <summary>The token ids, [tokens].</summary>
    public int[] Ids { get; }

    /// <summary>
    /// Where each token lies in the text, in UTF-16 code units, [tokens]. Tokens that share one character (an emoji of several
    /// tokens) each cover the whole character; tokens that the post-processor adds are empty and stand at the text's start or end.
    /// </summary>
    public TextRange[] Offsets { get; }
}
