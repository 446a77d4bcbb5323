namespace DlpLora.Runtime.Tokenization.Json;

/// <summary>Reads the added tokens, each checked against the vocabulary and those before it.</summary>
internal static class AddedTokensReader
{
    public const int MaximumTokens = 1 << 18;
    public const int MaximumLength = 1024;

    /// <param name="list">The list; null where the file has none.</param>
    /// <param name="vocabulary">The tokens of the vocabulary; the added ones come to them.</param>
    public static IReadOnlyList<AddedToken> Read(JsonPlace? list, TokenTable vocabulary)
    {
        if (list is not { } tokens)
        {
            return [];
        }

        JsonPlace[] items = tokens.Items();
        if (items.Length > MaximumTokens)
        {
            throw tokens.Error($"has {items.Length} tokens; expected at most {MaximumTokens}");
        }

        List<AddedToken> read = new(items.Length);
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (JsonPlace item in items)
        {
            AddedToken token = ReadToken(item);
            if (!seen.Add(token.Content))
            {
                throw item.Error($"is '{token.Content}', which an earlier added token is already");
            }

            if (vocabulary.TryGetId(token.Content, out int id) && id != token.Id)
            {
                throw item.Error($"gives '{token.Content}' the id {token.Id}; the vocabulary gives it {id}");
            }

            if (vocabulary.SpellingOf(token.Id) is { } other && other != token.Content)
            {
                throw item.Error($"gives '{token.Content}' the id {token.Id} of '{JsonPlace.Shortened(other)}'");
            }

            vocabulary.Add(token);
            read.Add(token);
        }

        return read;
    }

    private static AddedToken ReadToken(JsonPlace item)
    {
        item.Only("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
        JsonPlace content = item.Required("content");
        string text = content.Text();
        return text.Length is 0 or > MaximumLength
            ? throw content.Error($"has {text.Length} characters; expected 1 to {MaximumLength}")
            : new AddedToken(
                item.Required("id").Integer(0, VocabularyReader.MaximumVocabulary - 1),
                text,
                Special: item.Flag("special", fallback: false),
                Normalized: item.Flag("normalized", fallback: !item.Flag("special", fallback: false)),
                SingleWord: item.Flag("single_word", fallback: false),
                LeftStrip: item.Flag("lstrip", fallback: false),
                RightStrip: item.Flag("rstrip", fallback: false));
    }
}
