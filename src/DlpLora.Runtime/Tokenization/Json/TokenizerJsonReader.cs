using DlpLora.Runtime.Tokenization.Normalizers;

namespace DlpLora.Runtime.Tokenization.Json;

/// <summary>
/// Reads <c>tokenizer.json</c>. The file is a stranger's: its size, depth, names, ids and merges are checked, and what this library
/// does not do is refused with its JSON path. Truncation and padding are the caller's affair and are not read.
/// </summary>
internal static class TokenizerJsonReader
{
    public static TokenizerParts Read(string path)
    {
        using TokenizerJson json = TokenizerJson.Open(path);
        JsonPlace root = new(path, "$", json.Root);
        root.Only("version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model");
        if (root.Optional("version") is { } version && version.Text() != "1.0")
        {
            throw version.Error($"is '{JsonPlace.Shortened(version.Text())}'; expected '1.0'");
        }

        DecoderReader.Check(root.Required("decoder"));
        VocabularyReader vocabulary = VocabularyReader.Read(root.Required("model"), json);
        TokenTable tokens = vocabulary.Tokens;
        IReadOnlyList<AddedToken> added = AddedTokensReader.Read(root.Optional("added_tokens"), tokens);
        ITextNormalizer? normalizer = root.Optional("normalizer") is { } node ? NormalizerReader.Read(node) : null;
        (int[] prefix, int[] suffix) = root.Optional("post_processor") is { } processor ? PostProcessorReader.Read(processor, tokens.Size) : ([], []);
        return new TokenizerParts
        {
            RawTokens = new AddedTokenMatcher(added.Where(t => !t.Normalized).Select(t => (t.Content, t))),
            Normalizer = normalizer,
            NormalizedTokens = new AddedTokenMatcher(added.Where(t => t.Normalized).Select(t => (Normalized(t.Content, normalizer), t)).Where(t => t.Item1.Length > 0)),
            PreTokenizer = PreTokenizerReader.Read(root.Required("pre_tokenizer")),
            Model = new BytePairModel(tokens, vocabulary.Merges, vocabulary.IgnoreMerges),
            Prefix = prefix,
            Suffix = suffix,
            Tokens = tokens,
            ControlTokens = [.. added.Where(t => t.Special).Select(t => t.Content)],
        };
    }

    private static string Normalized(string content, ITextNormalizer? normalizer) =>
        normalizer?.Normalize(new AlignedText(content, 0, map: null)).Text ?? content;
}
