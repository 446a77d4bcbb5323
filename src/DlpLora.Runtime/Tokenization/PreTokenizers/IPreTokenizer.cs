namespace DlpLora.Runtime.Tokenization.PreTokenizers;

/// <summary>Splits a text into the pieces within which tokens are merged.</summary>
internal interface IPreTokenizer
{
    /// <summary>Appends the pieces of a text.</summary>
    /// <param name="text">The text, without lone surrogates, not empty.</param>
    /// <param name="pieces">Where the pieces go, in order, none of them empty.</param>
    void Split(ReadOnlySpan<char> text, List<TextRange> pieces);
}
