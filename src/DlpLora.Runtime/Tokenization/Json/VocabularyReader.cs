using System.Collections;
using System.Text.Json;

namespace DlpLora.Runtime.Tokenization.Json;

/// <summary>Reads the BPE model: the vocabulary and its merges, every merge checked against the vocabulary.</summary>
internal sealed class VocabularyReader
{
    /// <summary>The largest id, exclusive: sixteen times the largest vocabulary in use.</summary>
    public const int MaximumVocabulary = 1 << 22;

    private VocabularyReader(Dictionary<string, int> ids, List<string> merges, bool ignoreMerges)
    {
        Ids = ids;
        Merges = merges;
        IgnoreMerges = ignoreMerges;
    }

    public Dictionary<string, int> Ids { get; }

    public List<string> Merges { get; }

    public bool IgnoreMerges { get; }

    public static VocabularyReader Read(JsonPlace model)
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

        Dictionary<string, int> ids = ReadVocabulary(model.Required("vocab"));
        return new VocabularyReader(ids, ReadMerges(model.Required("merges"), ids), model.Flag("ignore_merges", fallback: false));
    }

    private static Dictionary<string, int> ReadVocabulary(JsonPlace vocabulary)
    {
        vocabulary.Expect(JsonValueKind.Object);
        int count = vocabulary.Element.GetPropertyCount();
        if (count is 0 or > MaximumVocabulary)
        {
            throw vocabulary.Error($"has {count} tokens; expected 1 to {MaximumVocabulary}");
        }

        Dictionary<string, int> ids = new(count, StringComparer.Ordinal);
        BitArray used = new(MaximumVocabulary);
        foreach (JsonProperty property in vocabulary.Element.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetInt32(out int id) || id < 0 || id >= MaximumVocabulary)
            {
                throw vocabulary.Error($"gives '{JsonPlace.Shortened(property.Name)}' the id {JsonPlace.Shortened(property.Value.GetRawText())}; expected an integer from 0 to {MaximumVocabulary - 1}");
            }

            string token = property.Name;
            if (token.Length == 0)
            {
                throw vocabulary.Error("has an empty token");
            }

            if (used[id])
            {
                throw vocabulary.Error($"gives '{JsonPlace.Shortened(token)}' the id {id} of another token");
            }

            used[id] = true;
            if (!ids.TryAdd(token, id))
            {
                throw vocabulary.Error($"has '{JsonPlace.Shortened(token)}' twice");
            }
        }

        return ids;
    }

    private static List<string> ReadMerges(JsonPlace merges, Dictionary<string, int> ids)
    {
        merges.Expect(JsonValueKind.Array);
        int count = merges.Element.GetArrayLength();
        List<string> read = new(count);
        HashSet<long> seen = new(count);
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        char[] joined = new char[256];
        foreach (JsonElement element in merges.Element.EnumerateArray())
        {
            string merge = MergeOf(merges, read.Count, element);
            int space = merge.IndexOf(' ');
            ReadOnlySpan<char> left = merge.AsSpan(0, Math.Max(space, 0));
            ReadOnlySpan<char> right = merge.AsSpan(space + 1);
            if (space <= 0 || right.IsEmpty || right.Contains(' '))
            {
                throw merges.Error($"[{read.Count}] is '{JsonPlace.Shortened(merge)}'; expected two tokens");
            }

            if (joined.Length < merge.Length)
            {
                joined = new char[merge.Length * 2];
            }

            left.CopyTo(joined);
            right.CopyTo(joined.AsSpan(left.Length));
            if (!lookup.TryGetValue(left, out int leftId) || !lookup.TryGetValue(right, out int rightId)
                || !lookup.ContainsKey(joined.AsSpan(0, merge.Length - 1)))
            {
                throw merges.Error($"[{read.Count}] is '{JsonPlace.Shortened(merge)}'; expected two tokens of the vocabulary whose union is a third");
            }

            if (!seen.Add(((long)leftId << 32) | (uint)rightId))
            {
                throw merges.Error($"[{read.Count}] is '{JsonPlace.Shortened(merge)}', which an earlier merge is already");
            }

            read.Add(merge);
        }

        return read;
    }

    private static string MergeOf(JsonPlace merges, int index, JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            return element.GetString()!;
        }

        return element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == 2
            && element[0].ValueKind == JsonValueKind.String && element[1].ValueKind == JsonValueKind.String
            ? $"{element[0].GetString()} {element[1].GetString()}"
            : throw merges.Error($"[{index}] is a JSON {element.ValueKind}; expected a string of two tokens or an array of two strings");
    }
}
