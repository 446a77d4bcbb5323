using System.Text;
using DlpLora.Runtime.Tokenization.Json;

namespace DlpLora.Runtime.Tokenization;

/// <summary>
/// A tokenizer of the Hugging Face kind, read from <c>tokenizer.json</c>: byte-level BPE with the file's own normalizer,
/// pre-tokenizers, added tokens and post-processor. The ids equal the reference implementation's.
/// </summary>
/// <remarks>Immutable and thread-safe. <see href="https://github.com/huggingface/tokenizers">The reference implementation.</see></remarks>
public sealed class HuggingFaceTokenizer
{
    private readonly TokenizerParts _parts;

    internal HuggingFaceTokenizer(TokenizerParts parts) => _parts = parts;

    /// <summary>One more than the largest token id. A model may pad its own vocabulary beyond it.</summary>
    public int VocabularySize => _parts.Tokens.Size;

    /// <summary>The spellings of the control tokens: those that a decoded answer leaves out, and that a user's text must never become.</summary>
    public IReadOnlyList<string> ControlTokens => _parts.ControlTokens;

    /// <summary>Loads a <c>tokenizer.json</c>.</summary>
    /// <param name="tokenizerJsonPath">The file.</param>
    /// <exception cref="InvalidFileException">
    /// The file is missing, damaged, or asks for something that this library does not do; the error names the JSON path.
    /// </exception>
    public static HuggingFaceTokenizer Load(string tokenizerJsonPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(tokenizerJsonPath);
        return new HuggingFaceTokenizer(TokenizerJsonReader.Read(tokenizerJsonPath));
    }

    /// <summary>Turns a text into token ids.</summary>
    /// <param name="text">Any text; a lone surrogate counts as U+FFFD.</param>
    /// <param name="addSpecialTokens">Whether the post-processor adds its tokens (such as a begin-of-text).</param>
    /// <param name="parseSpecialTokens">Whether a control token that is spelled in the text becomes that token; false for text that a user wrote.</param>
    /// <exception cref="DlpLoraException">The file's regular expression did not come to an end on this text.</exception>
    public int[] Encode(string text, bool addSpecialTokens = false, bool parseSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        EncodingPass pass = new(_parts, parseSpecialTokens, literalRanges: null, withOffsets: false);
        pass.Run(text, addSpecialTokens);
        return [.. pass.Ids];
    }

    /// <summary>Turns a text into token ids with their places.</summary>
    /// <param name="text">Any text; a lone surrogate counts as U+FFFD.</param>
    /// <param name="addSpecialTokens">Whether the post-processor adds its tokens (such as a begin-of-text).</param>
    /// <param name="literalRanges">Places where an added token's spelling is plain text: one that begins inside is not parsed. Null for none.</param>
    /// <exception cref="DlpLoraException">The file's regular expression did not come to an end on this text.</exception>
    public EncodedText EncodeWithOffsets(string text, bool addSpecialTokens, IReadOnlyList<TextRange>? literalRanges)
    {
        ArgumentNullException.ThrowIfNull(text);
        EncodingPass pass = new(_parts, parseSpecial: true, literalRanges, withOffsets: true);
        pass.Run(text, addSpecialTokens);
        return new EncodedText([.. pass.Ids], [.. pass.Offsets!]);
    }

    /// <summary>Turns token ids into text. Bytes that are no character become U+FFFD.</summary>
    /// <param name="ids">Token ids; one that no token has (a padded vocabulary) adds nothing.</param>
    /// <param name="skipSpecialTokens">Whether control tokens are left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative.</exception>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = false)
    {
        using MemoryStream bytes = new();
        foreach (int id in ids)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(ids));
            if (!skipSpecialTokens || !_parts.Tokens.IsSpecial(id))
            {
                bytes.Write(_parts.Tokens.BytesOf(id));
            }
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    /// <summary>Creates a decoder for one stream of tokens.</summary>
    /// <param name="skipSpecialTokens">Whether control tokens are left out.</param>
    public StreamingDetokenizer CreateDetokenizer(bool skipSpecialTokens = true) => new(_parts.Tokens, skipSpecialTokens);

    /// <summary>Finds a token by its exact spelling in the vocabulary.</summary>
    /// <param name="token">The spelling, in the byte alphabet for tokens of the BPE vocabulary, as it is for added tokens.</param>
    /// <param name="id">The token's id.</param>
    public bool TryGetTokenId(string token, out int id)
    {
        ArgumentNullException.ThrowIfNull(token);
        return _parts.Tokens.TryGetId(token, out id);
    }

    /// <summary>A token's spelling in the vocabulary, or null when no token has this id.</summary>
    /// <param name="id">A token id.</param>
    public string? TokenOf(int id) => _parts.Tokens.SpellingOf(id);

    /// <summary>Whether the id is a control token's.</summary>
    /// <param name="id">A token id.</param>
    public bool IsSpecial(int id) => _parts.Tokens.IsSpecial(id);
}
