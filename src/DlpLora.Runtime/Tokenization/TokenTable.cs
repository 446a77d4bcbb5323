using System.Text;

namespace DlpLora.Runtime.Tokenization;

/// <summary>Every token by its id and by its spelling, and the bytes that it decodes to.</summary>
internal sealed class TokenTable
{
    private readonly Dictionary<string, int> _ids;
    private readonly string?[] _spellings;
    private readonly bool[] _special;

    // The bytes of token i are _bytes[_starts[i].._starts[i + 1]].
    private readonly byte[] _bytes;
    private readonly int[] _starts;

    public TokenTable(Dictionary<string, int> vocabulary, IReadOnlyList<AddedToken> added, Func<string, byte[]> bytesOf)
    {
        int largest = -1;
        foreach (int id in vocabulary.Values)
        {
            largest = Math.Max(largest, id);
        }

        foreach (AddedToken token in added)
        {
            largest = Math.Max(largest, token.Id);
        }

        _ids = new Dictionary<string, int>(vocabulary, StringComparer.Ordinal);
        _spellings = new string?[largest + 1];
        _special = new bool[largest + 1];
        foreach ((string spelling, int id) in vocabulary)
        {
            _spellings[id] = spelling;
        }

        // An added token that the vocabulary does not spell is plain text. (The reference reads it in the byte alphabet all the same, and
        // so turns the letter in an added <café> into a broken byte.)
        HashSet<int> plain = [];
        foreach (AddedToken token in added)
        {
            if (_ids.TryAdd(token.Content, token.Id))
            {
                plain.Add(token.Id);
            }

            _spellings[token.Id] = token.Content;
            _special[token.Id] = token.Special;
        }

        _starts = new int[largest + 2];
        using MemoryStream bytes = new();
        for (int id = 0; id <= largest; id++)
        {
            if (_spellings[id] is { } spelling)
            {
                bytes.Write(plain.Contains(id) ? Encoding.UTF8.GetBytes(spelling) : bytesOf(spelling));
            }

            _starts[id + 1] = checked((int)bytes.Length);
        }

        _bytes = bytes.ToArray();
    }

    /// <summary>One more than the largest id.</summary>
    public int Size => _spellings.Length;

    public bool TryGetId(string spelling, out int id) => _ids.TryGetValue(spelling, out id);

    public string? SpellingOf(int id) => (uint)id < (uint)_spellings.Length ? _spellings[id] : null;

    public bool IsSpecial(int id) => (uint)id < (uint)_special.Length && _special[id];

    /// <summary>The bytes of a token; none for an id that no token has, as models pad their vocabularies.</summary>
    public ReadOnlySpan<byte> BytesOf(int id) =>
        (uint)id < (uint)Size ? _bytes.AsSpan(_starts[id], _starts[id + 1] - _starts[id]) : default;
}
