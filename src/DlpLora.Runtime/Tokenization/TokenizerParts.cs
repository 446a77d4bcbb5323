using DlpLora.Runtime.Tokenization.Normalizers;
using DlpLora.Runtime.Tokenization.PreTokenizers;

namespace DlpLora.Runtime.Tokenization;

/// <summary>What a <c>tokenizer.json</c> asks for, in the order in which a text passes through it.</summary>
internal sealed class TokenizerParts
{
    /// <summary>Added tokens looked for in the raw text.</summary>
    public required AddedTokenMatcher RawTokens { get; init; }

    public required ITextNormalizer? Normalizer { get; init; }

    /// <summary>Added tokens looked for in the normalized text.</summary>
    public required AddedTokenMatcher NormalizedTokens { get; init; }

    public required IPreTokenizer PreTokenizer { get; init; }

    public required BytePairModel Model { get; init; }

    /// <summary>Tokens that the post-processor puts before a text.</summary>
    public required int[] Prefix { get; init; }

    /// <summary>Tokens that the post-processor puts after a text.</summary>
    public required int[] Suffix { get; init; }

    public required TokenTable Tokens { get; init; }

    /// <summary>The spellings of the special tokens.</summary>
    public required string[] ControlTokens { get; init; }
}
