namespace DlpLora.Runtime.Tokenization.Json;

/// <summary>Reads the added tokens, each checked against the vocabulary.</summary>
internal static class AddedTokensReader
{
    public const int MaximumTokens = 1 << 18;
    public const int MaximumLength = 1024;

    public static IReadOnlyList<AddedToken> Read(JsonPlace? list, Dictionary<string, int> vocabulary)
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

        List<AddedToken> read = [.. items.Select(ReadToken)];
        int size = vocabulary.Values.Concat(read.Select(t => t.Id)).Max() + 1;
        string?[] contents = new string?[size];
        foreach ((string spelling, int taken) in vocabulary)
        {
            contents[taken] = spelling;
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < read.Count; i++)
        {
            AddedToken token = read[i];
            JsonPlace item = items[i];
            if (!seen.Add(token.Content))
            {
                throw item.Error($"is '{token.Content}', which an earlier added token is already");
            }

            if (vocabulary.TryGetValue(token.Content, out int id) && id != token.Id)
            {
                throw item.Error($"gives '{token.Content}' the id {token.Id}; the vocabulary gives it {id}");
            }

            contents[token.Id] ??= token.Content;
            if (contents[token.Id] is { } other && other != token.Content)
            {
                throw item.Error($"gives '{token.Content}' the id {token.Id} of '{JsonPlace.Shortened(other)}'");
            }
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
