using System.Numerics;

namespace DlpLora.Runtime.Backends;

/// <summary>
/// The rows of one decoder, kept within a budget of bytes. A row is promised room for its whole sequence when it is added, so it never has to
/// give way; memory follows in blocks as the rows grow. All rows have the capacity that the longest of them needs.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class KvRows(IDecoderBackend backend, long budget, int maximumRows) : IDisposable
{
    /// <summary>What a row gets beyond its prompt to begin with, in tokens: most answers never make the slab grow.</summary>
    private const int FirstReserve = 512;

    private readonly long _bytesPerToken = KvCacheSize.BytesPerToken(backend.Model);
    private readonly List<int> _promised = [];
    private IDecoder? _decoder;

    /// <summary>The decoder, once a row was added.</summary>
    public IDecoder Decoder => _decoder!;

    /// <summary>How many rows are in use: the first ones.</summary>
    public int Count => _promised.Count;

    /// <summary>Bytes of all keys and values now.</summary>
    public long Bytes => _decoder is null ? 0 : Size(_decoder.Rows, _decoder.Capacity);

    /// <summary>Adds an empty row after the others, unless those in use leave it no room.</summary>
    /// <param name="prompt">Tokens of its prompt.</param>
    /// <param name="tokens">Tokens that it may grow to.</param>
    /// <exception cref="KvBudgetException">The sequence alone takes more than the budget.</exception>
    public bool TryAdd(int prompt, int tokens)
    {
        int promised = Capacity(tokens);
        if (Size(1, promised) > budget)
        {
            throw new KvBudgetException(tokens, Size(1, promised), budget);
        }

        int longest = promised;
        foreach (int other in _promised)
        {
            longest = Math.Max(longest, other);
        }

        if (Size(Count + 1, longest) > budget)
        {
            return false;
        }

        Provide(Count + 1, Capacity(Math.Min(tokens, prompt + FirstReserve)));
        _decoder!.Truncate(Count, 0);
        _promised.Add(promised);
        return true;
    }

    /// <summary>Gives a row more room, up to what it was promised.</summary>
    /// <param name="row">The row.</param>
    /// <param name="more">Tokens that are to be added to it now.</param>
    public void Grow(int row, int more)
    {
        int needed = Decoder.Length(row) + more;
        if (needed > Decoder.Capacity)
        {
            Provide(Count, Math.Min(_promised[row], Capacity(needed + (needed / 2))));
        }
    }

    /// <summary>Removes a row; the last one takes its place.</summary>
    public void Remove(int row)
    {
        Decoder.Truncate(row, 0);
        Swap(row, Count - 1);
        _promised.RemoveAt(Count - 1);
    }

    /// <summary>Exchanges two rows.</summary>
    public void Swap(int row, int other)
    {
        Decoder.Swap(row, other);
        (_promised[row], _promised[other]) = (_promised[other], _promised[row]);
    }

    public void Dispose() => _decoder?.Dispose();

    private int Capacity(int tokens) => KvCacheSize.Capacity(backend.Model, tokens);

    private long Size(int rows, int capacity) => checked(_bytesPerToken * capacity * rows);

    /// <summary>Makes room for so many rows of so many tokens: more than that where the budget has it, so that it is seldom done.</summary>
    private void Provide(int rows, int capacity)
    {
        if (_decoder is null)
        {
            _decoder = backend.CreateDecoder(rows, capacity);
            return;
        }

        for (int row = 0; row < Count; row++)
        {
            capacity = Math.Max(capacity, Capacity(_decoder.Length(row) + 1));
        }

        if (rows <= _decoder.Rows && capacity <= _decoder.Capacity)
        {
            return;
        }

        int wide = rows <= _decoder.Rows ? _decoder.Rows : Math.Min(maximumRows, (int)BitOperations.RoundUpToPowerOf2((uint)rows));
        int tall = Math.Max(capacity, _decoder.Capacity);
        if (Size(wide, tall) <= budget)
        {
            (rows, capacity) = (wide, tall);
        }
        else if (Size(rows, tall) <= budget)
        {
            capacity = tall;
        }

        _decoder.Resize(rows, capacity);
    }
}
