using System.Text.Json;

namespace DlpLora.Runtime.Tokenization.Json;

/// <summary>Reads the BPE model: the vocabulary and its merges, every merge checked against the vocabulary.</summary>
internal sealed class VocabularyReader
{
    /// <summary>The largest id, exclusive: sixteen times the largest vocabulary in use.</summary>
    public const int MaximumVocabulary = 1 << 22;

    private readonly TokenTable _tokens;

    /// <summary>The text at hand, and a merge's two tokens in one.</summary>
    private char[] _text = new char[256];
    private char[] _joined = new char[256];

    private VocabularyReader(TokenTable tokens, bool ignoreMerges)
    {
        _tokens = tokens;
        IgnoreMerges = ignoreMerges;
    }

    public TokenTable Tokens => _tokens;

    public MergeTable Merges { get; private set; } = new(0);

    public bool IgnoreMerges { get; }

    public static VocabularyReader Read(JsonPlace model, TokenizerJson json)
    {
        string type = model.Optional("type") is { } typed ? typed.Text() : "BPE";
        if (type != "BPE")
        {
            throw model.Error($"is of type '{JsonPlace.Shortened(type)}'; this library reads BPE");
        }

        model.Only(
            "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges");
        model.MustBeUnset("continuing_subword_prefix");
        model.MustBeUnset("end_of_word_suffix");
        model.MustBeUnset("byte_fallback");
        model.MustBeUnset("unk_token");
        if (model.Optional("dropout") is { } dropout && !(dropout.Element.ValueKind == JsonValueKind.Number && dropout.Element.TryGetDouble(out double rate) && rate == 0))
        {
            throw dropout.Error("is not 0; this library's tokens are the same every time");
        }

        JsonPlace vocabulary = model.Required("vocab");
        vocabulary.Expect(JsonValueKind.Object);
        if (json.VocabularyCount is 0 or > MaximumVocabulary)
        {
            throw vocabulary.Error($"has {json.VocabularyCount} tokens; expected 1 to {MaximumVocabulary}");
        }

        JsonPlace merges = model.Required("merges");
        VocabularyReader reader = new(new TokenTable(json.VocabularyCount), model.Flag("ignore_merges", fallback: false));
        reader.ReadVocabulary(vocabulary, json.ReadVocabulary());
        merges.Expect(JsonValueKind.Array);
        reader.Merges = new MergeTable(json.MergesCount);
        reader.ReadMerges(merges, json.ReadMerges());
        return reader;
    }

    private void ReadVocabulary(JsonPlace place, Utf8JsonReader json)
    {
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<char> token = Text(place, ref json, 0);
            json.Read();
            if (json.TokenType != JsonTokenType.Number || !json.TryGetInt32(out int id) || id < 0 || id >= MaximumVocabulary)
            {
                throw place.Error($"gives '{Shortened(token)}' the id {Raw(ref json)}; expected an integer from 0 to {MaximumVocabulary - 1}");
            }

            if (token.IsEmpty)
            {
                throw place.Error("has an empty token");
            }

            if (_tokens.Contains(id))
            {
                throw place.Error($"gives '{Shortened(token)}' the id {id} of another token");
            }

            if (!_tokens.TryAdd(token, id))
            {
                throw place.Error($"has '{Shortened(token)}' twice");
            }
        }
    }

    private void ReadMerges(JsonPlace place, Utf8JsonReader json)
    {
        json.Read();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            ReadOnlySpan<char> merge = Merge(place, ref json);
            int space = merge.IndexOf(' ');
            ReadOnlySpan<char> left = merge[..Math.Max(space, 0)];
            ReadOnlySpan<char> right = merge[(space + 1)..];
            if (space <= 0 || right.IsEmpty || right.Contains(' '))
            {
                throw place.Error($"[{Merges.Count}] is '{Shortened(merge)}'; expected two tokens");
            }

            if (_joined.Length < merge.Length)
            {
                _joined = new char[merge.Length * 2];
            }

            left.CopyTo(_joined);
            right.CopyTo(_joined.AsSpan(left.Length));
            if (!_tokens.TryGetId(left, out int leftId) || !_tokens.TryGetId(right, out int rightId)
                || !_tokens.TryGetId(_joined.AsSpan(0, merge.Length - 1), out int joinedId))
            {
                throw place.Error($"[{Merges.Count}] is '{Shortened(merge)}'; expected two tokens of the vocabulary whose union is a third");
            }

            if (!Merges.TryAdd(leftId, rightId, joinedId))
            {
                throw place.Error($"[{Merges.Count}] is '{Shortened(merge)}', which an earlier merge is already");
            }
        }
    }

    /// <summary>A merge as two tokens with a space between them, be it written so or as an array of two.</summary>
    private ReadOnlySpan<char> Merge(JsonPlace place, ref Utf8JsonReader json)
    {
        JsonTokenType kind = json.TokenType;
        if (kind == JsonTokenType.String)
        {
            return Text(place, ref json, 0);
        }

        if (kind == JsonTokenType.StartArray && json.Read() && json.TokenType == JsonTokenType.String)
        {
            int left = Text(place, ref json, 0).Length;
            if (json.Read() && json.TokenType == JsonTokenType.String)
            {
                int right = Text(place, ref json, left + 1).Length;
                _text[left] = ' ';
                if (json.Read() && json.TokenType == JsonTokenType.EndArray)
                {
                    return _text.AsSpan(0, left + 1 + right);
                }
            }
        }

        throw place.Error($"[{Merges.Count}] is a JSON {kind}; expected a string of two tokens or an array of two strings");
    }

    /// <summary>Writes the string at hand into the text from a place on, and keeps what lies before it.</summary>
    private ReadOnlySpan<char> Text(JsonPlace place, ref Utf8JsonReader json, int start)
    {
        int most = start + json.ValueSpan.Length;
        if (_text.Length < most)
        {
            Array.Resize(ref _text, most * 2);
        }

        try
        {
            return _text.AsSpan(start, json.CopyString(_text.AsSpan(start)));
        }
        catch (InvalidOperationException error)
        {
            throw place.Error("has a text that is not valid Unicode", error);
        }
    }

    private static string Raw(ref Utf8JsonReader json)
    {
        using JsonDocument value = JsonDocument.ParseValue(ref json);
        return JsonPlace.Shortened(value.RootElement.GetRawText());
    }

    private static string Shortened(ReadOnlySpan<char> text) => JsonPlace.Shortened(text.ToString());
}
