using System.Collections;
using System.Numerics;
using System.Text;

namespace DlpLora.Runtime.Tokenization;

/// <summary>
/// Every token by its id, by its spelling, and by the bytes that it decodes to. All bytes lie in one block, and a spelling is made of them when somebody
/// asks: a string a token would take eight times the memory.
/// </summary>
/// <remarks>Filled while a file is read; read by any number of threads from then on.</remarks>
internal sealed class TokenTable
{
    private const int BytesExpected = 8;
    private const int Longest = 256;

    /// <summary>Whether a token's spelling is its UTF-8 and not the byte alphabet.</summary>
    private readonly BitArray _literal;
    private readonly BitArray _special;

    // The bytes of token i are _bytes[_starts[i]..][.._lengths[i]]; the length is -1 where no token has the id.
    private byte[] _bytes;
    private int[] _starts;
    private int[] _lengths;
    private int _written;

    /// <summary>Ids plus 1 by the hash of their bytes, 0 where free; who finds a place taken goes on to the next. A power of two, at most two thirds full.</summary>
    private int[] _places;
    private int _count;

    /// <param name="capacity">How many tokens are expected. More may come.</param>
    public TokenTable(int capacity)
    {
        _bytes = new byte[capacity * BytesExpected];
        _starts = new int[capacity];
        _lengths = new int[capacity];
        _lengths.AsSpan().Fill(-1);
        _literal = new BitArray(capacity);
        _special = new BitArray(capacity);
        _places = new int[PlacesFor(capacity)];
    }

    /// <summary>One more than the largest id.</summary>
    public int Size { get; private set; }

    /// <summary>Adds a token: of the bytes that its spelling stands for in the byte alphabet, or of its UTF-8 where a character is not of the alphabet.</summary>
    /// <param name="spelling">The spelling, not empty.</param>
    /// <param name="id">An id that no token has.</param>
    /// <returns>False where a token is spelled so already.</returns>
    public bool TryAdd(ReadOnlySpan<char> spelling, int id)
    {
        ReadOnlySpan<byte> bytes = BytesOf(spelling, stackalloc byte[Longest], out bool literal);
        return TryAdd(bytes, literal, id);
    }

    /// <summary>
    /// Adds what an added token says. One that the vocabulary does not spell is plain text. (The reference reads it in the byte alphabet all the same, and
    /// so turns the letter in an added <c>café</c> into a broken byte.)
    /// </summary>
    /// <param name="token">The token, which contradicts no other.</param>
    public void Add(AddedToken token)
    {
        if (!TryGetId(token.Content, out _))
        {
            TryAdd(Encoding.UTF8.GetBytes(token.Content), literal: true, token.Id);
        }

        _special[token.Id] = token.Special;
    }

    public bool Contains(int id) => (uint)id < (uint)_lengths.Length && _lengths[id] >= 0;

    public bool TryGetId(ReadOnlySpan<char> spelling, out int id)
    {
        Span<byte> scratch = stackalloc byte[Longest];
        ReadOnlySpan<byte> bytes = BytesOf(spelling, scratch, out bool literal);
        id = Find(bytes, literal);
        if (id < 0 && !literal)
        {
            // An added token is plain text, whatever its characters.
            id = Find(Encoding.UTF8.GetBytes(spelling.ToString()), literal: true);
        }

        return id >= 0;
    }

    /// <summary>Finds the token of the byte alphabet that stands for these bytes.</summary>
    public bool TryGetId(ReadOnlySpan<byte> bytes, out int id)
    {
        id = Find(bytes, literal: false);
        return id >= 0;
    }

    public string? SpellingOf(int id) =>
        !Contains(id) ? null : _literal[id] ? Encoding.UTF8.GetString(BytesOf(id)) : ByteAlphabet.SpellingOf(BytesOf(id));

    public bool IsSpecial(int id) => (uint)id < (uint)_special.Length && _special[id];

    /// <summary>The bytes of a token; none for an id that no token has, as models pad their vocabularies.</summary>
    public ReadOnlySpan<byte> BytesOf(int id) => Contains(id) ? _bytes.AsSpan(_starts[id], _lengths[id]) : default;

    private static ReadOnlySpan<byte> BytesOf(ReadOnlySpan<char> spelling, Span<byte> scratch, out bool literal)
    {
        int most = Encoding.UTF8.GetMaxByteCount(spelling.Length);
        Span<byte> bytes = most <= scratch.Length ? scratch : new byte[most];
        literal = !ByteAlphabet.TryGetBytes(spelling, bytes);
        return bytes[..(literal ? Encoding.UTF8.GetBytes(spelling, bytes) : spelling.Length)];
    }

    private static int PlacesFor(int count) => (int)BitOperations.RoundUpToPowerOf2((uint)(count + (count / 2) + 1));

    private bool TryAdd(ReadOnlySpan<byte> bytes, bool literal, int id)
    {
        if (Find(bytes, literal) >= 0)
        {
            return false;
        }

        Reserve(id, bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_written));
        _starts[id] = _written;
        _lengths[id] = bytes.Length;
        _literal[id] = literal;
        _written += bytes.Length;
        _count++;
        Size = Math.Max(Size, id + 1);
        _places[FreePlace(bytes)] = id + 1;
        return true;
    }

    private void Reserve(int id, int bytes)
    {
        if (id >= _lengths.Length)
        {
            int old = _lengths.Length;
            int size = id + 1 + (id / 8);
            Array.Resize(ref _starts, size);
            Array.Resize(ref _lengths, size);
            _lengths.AsSpan(old).Fill(-1);
            _literal.Length = size;
            _special.Length = size;
        }

        if (_written + bytes > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(checked(_written + bytes), _bytes.Length + (_bytes.Length / 2)));
        }

        if (PlacesFor(_count + 1) > _places.Length)
        {
            _places = new int[PlacesFor(_count + 1)];
            for (int other = 0; other < Size; other++)
            {
                if (Contains(other))
                {
                    _places[FreePlace(BytesOf(other))] = other + 1;
                }
            }
        }
    }

    private int Find(ReadOnlySpan<byte> bytes, bool literal)
    {
        for (int place = FirstPlace(bytes); _places[place] != 0; place = (place + 1) & (_places.Length - 1))
        {
            int id = _places[place] - 1;
            if (_literal[id] == literal && BytesOf(id).SequenceEqual(bytes))
            {
                return id;
            }
        }

        return -1;
    }

    private int FreePlace(ReadOnlySpan<byte> bytes)
    {
        int place = FirstPlace(bytes);
        while (_places[place] != 0)
        {
            place = (place + 1) & (_places.Length - 1);
        }

        return place;
    }

    /// <summary>Seeded anew in every process, so that no file can be made whose tokens all fall on one place.</summary>
    private int FirstPlace(ReadOnlySpan<byte> bytes)
    {
        HashCode hash = default;
        hash.AddBytes(bytes);
        return hash.ToHashCode() & (_places.Length - 1);
    }
}
