using System.Numerics;

namespace DlpLora.Runtime.Backends;

/// <summary>
/// The rows of one decoder, kept within a budget of bytes. A row is promised room for its whole sequence when it is added, so it never has to
/// give way; memory follows in blocks as the rows grow. All rows have the capacity that the longest of them needs. A row that is no longer used may
/// stay, behind those in use, until the memory is wanted: it is within the same budget, and nobody waits for it. Memory that was not nearly needed for
/// some time is given back.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class KvRows(IDecoderBackend backend, long budget, int maximumRows) : IDisposable
{
    /// <summary>What a row gets beyond its prompt to begin with, in tokens: most answers never make the slab grow.</summary>
    private const int FirstReserve = 512;

    /// <summary>How many times more memory than was wanted makes it worth to move all rows to less.</summary>
    private const int FarTooMuch = 4;

    private readonly long _bytesPerToken = KvCacheSize.BytesPerToken(backend.Model);
    private readonly List<int> _promised = [];

    /// <summary>The rows after those in use, in order.</summary>
    private readonly List<IdleRow> _idle = [];

    private readonly KvDemand _demand = new();
    private IDecoder? _decoder;
    private long _clock;

    /// <summary>The decoder, once a row was added.</summary>
    public IDecoder Decoder => _decoder!;

    /// <summary>How many rows are in use: the first ones.</summary>
    public int Count => _promised.Count;

    /// <summary>How many rows stay for prompts to come: those after the ones in use.</summary>
    public int Idle => _idle.Count;

    /// <summary>Bytes of all keys and values now.</summary>
    public long Bytes => _decoder is null ? 0 : Size(_decoder.Rows, _decoder.Capacity);

    /// <summary>
    /// Adds a row after the others, unless those in use leave it no room: an idle row that the prompt goes on from, or the idle row with most of its
    /// beginning where there is no room beside it, or else an empty row.
    /// </summary>
    /// <param name="prompt">Tokens of its prompt.</param>
    /// <param name="tokens">Tokens that it may grow to.</param>
    /// <param name="wanted">What is to be read; null where nothing is used again.</param>
    /// <param name="held">What the row holds of it; null for nothing.</param>
    /// <exception cref="KvBudgetException">The sequence alone takes more than the budget.</exception>
    public bool TryAdd(int prompt, int tokens, KvContent? wanted, out KvContent? held)
    {
        held = null;
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

        int capacity = Capacity(Math.Min(tokens, prompt + FirstReserve));
        int taken = TakeIdle(wanted, capacity) ? 1 : 0;
        Provide(Count + 1, capacity, taken);
        if (taken == 1)
        {
            held = _idle[0].Content;
            _idle.RemoveAt(0);
        }
        else
        {
            // The first idle row makes place, and is the last from now on.
            if (Idle > 0)
            {
                _decoder!.Swap(Count, Count + Idle);
                _idle.Add(_idle[0]);
                _idle.RemoveAt(0);
            }

            _decoder!.Truncate(Count, 0);
        }

        _promised.Add(promised);
        if (_demand.Add(Count, longest, out (int Rows, int Capacity) most))
        {
            Shrink(most.Rows, most.Capacity);
        }

        return true;
    }

    /// <summary>Gives back all memory but that of idle rows. For when no row is in use and none is expected soon.</summary>
    public void Rest()
    {
        if (Count > 0 || _decoder is null)
        {
            return;
        }

        if (Idle == 0)
        {
            _decoder.Dispose();
            _decoder = null;
            return;
        }

        (int rows, int capacity) = Least(0, 0);
        if (Size(rows, capacity) < Bytes)
        {
            _decoder.Resize(rows, capacity);
        }
    }

    /// <summary>The idle row that holds most of a content's beginning.</summary>
    /// <param name="wanted">The content.</param>
    /// <param name="common">How many tokens of it; 0 if none holds any.</param>
    /// <returns>The row, or -1.</returns>
    public int FindIdle(KvContent wanted, out int common)
    {
        int best = -1;
        common = 0;
        for (int i = 0; i < _idle.Count; i++)
        {
            int length = _idle[i].Content.Common(wanted);
            if (length > common || (length == common && best >= 0 && _idle[i].Used < _idle[best].Used))
            {
                (best, common) = (i, length);
            }
        }

        return best < 0 ? -1 : Count + best;
    }

    /// <summary>Says that a prompt has something of an idle row.</summary>
    public void Touch(int row) => _idle[row - Count].Used = ++_clock;

    /// <summary>Gives a row more room, up to what it was promised.</summary>
    /// <param name="row">The row.</param>
    /// <param name="more">Tokens that are to be added to it now.</param>
    public void Grow(int row, int more)
    {
        int needed = Decoder.Length(row) + more;
        if (needed > Decoder.Capacity)
        {
            Provide(Count, Math.Min(_promised[row], Capacity(needed + (needed / 2))), taken: 0);
        }
    }

    /// <summary>Removes a row; the last one takes its place.</summary>
    public void Remove(int row)
    {
        Decoder.Truncate(row, 0);
        Swap(row, Count - 1);
        _promised.RemoveAt(Count - 1);
        if (Idle > 0)
        {
            Decoder.Swap(Count, Count + Idle);
            IdleRow last = _idle[^1];
            _idle.RemoveAt(Idle - 1);
            _idle.Insert(0, last);
        }
    }

    /// <summary>Takes a row out of use, with its tokens for prompts to come; the last one in use takes its place. What another row holds too is kept once.</summary>
    /// <param name="row">The row.</param>
    /// <param name="content">What it holds.</param>
    public void Retire(int row, KvContent content)
    {
        for (int i = Idle - 1; i >= 0; i--)
        {
            int common = _idle[i].Content.Common(content);
            if (common == content.Length)
            {
                _idle[i].Used = ++_clock;
                Remove(row);
                return;
            }

            if (common == _idle[i].Content.Length)
            {
                Evict(i);
            }
        }

        Swap(row, Count - 1);
        _promised.RemoveAt(Count - 1);
        _idle.Insert(0, new IdleRow(content) { Used = ++_clock });
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

    private bool Fits(int rows, int capacity) => rows <= maximumRows && Size(rows, capacity) <= budget;

    /// <summary>
    /// Decides whether a new row is an idle one, and if so moves that to the place of the new row, with what is wanted of it. A row that the prompt
    /// goes on from is taken; one that holds more is left for others and copied from, as long as there is room for both.
    /// </summary>
    private bool TakeIdle(KvContent? wanted, int capacity)
    {
        int common = 0;
        int row = wanted is null ? -1 : FindIdle(wanted, out common);
        if (row < 0)
        {
            return false;
        }

        // It leaves last.
        IdleRow source = _idle[row - Count];
        source.Used = ++_clock;
        int tall = Math.Max(capacity, _decoder!.Capacity);
        while (common < source.Content.Length && !Fits(Count + 1 + Idle, tall))
        {
            if (Idle == 1)
            {
                _decoder.Truncate(Count, common);
                source.Content = source.Content.First(common);
                return true;
            }

            Evict(Oldest());
        }

        if (common < source.Content.Length)
        {
            return false;
        }

        int place = _idle.IndexOf(source);
        _decoder.Swap(Count, Count + place);
        (_idle[0], _idle[place]) = (_idle[place], _idle[0]);
        return true;
    }

    private int Oldest()
    {
        int oldest = 0;
        for (int i = 1; i < _idle.Count; i++)
        {
            oldest = _idle[i].Used < _idle[oldest].Used ? i : oldest;
        }

        return oldest;
    }

    /// <summary>Gives up an idle row; the last takes its place.</summary>
    private void Evict(int idle)
    {
        Decoder.Truncate(Count + idle, 0);
        Decoder.Swap(Count + idle, Count + Idle - 1);
        _idle[idle] = _idle[^1];
        _idle.RemoveAt(Idle - 1);
    }

    /// <summary>Gives memory back where it is far more than is wanted.</summary>
    /// <param name="rows">Rows wanted.</param>
    /// <param name="capacity">Tokens a row.</param>
    private void Shrink(int rows, int capacity)
    {
        (rows, capacity) = Least(rows, capacity);
        if (checked(Size(rows, capacity) * FarTooMuch) <= Bytes)
        {
            Decoder.Resize(rows, capacity);
        }
    }

    /// <summary>The size wanted, or that of what the rows hold, where that is more.</summary>
    private (int Rows, int Capacity) Least(int rows, int capacity)
    {
        rows = Math.Max(rows, Count + Idle);
        for (int row = 0; row < Count + Idle; row++)
        {
            capacity = Math.Max(capacity, Capacity(Decoder.Length(row)));
        }

        return (rows, capacity);
    }

    /// <summary>
    /// Makes room for so many rows in use of so many tokens: more than that where the budget has it, so that it is seldom done. Idle rows leave
    /// where they are in the way, the least recently used first.
    /// </summary>
    /// <param name="rows">Rows in use.</param>
    /// <param name="capacity">Tokens a row.</param>
    /// <param name="taken">1 if the first idle row is one of those, or else 0.</param>
    private void Provide(int rows, int capacity, int taken)
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

        int tall = Math.Max(capacity, _decoder.Capacity);
        while (Idle > taken && !Fits(rows + Idle - taken, tall))
        {
            Evict(Oldest());
        }

        rows += Idle - taken;
        if (rows <= _decoder.Rows && capacity <= _decoder.Capacity)
        {
            return;
        }

        int wide = rows <= _decoder.Rows ? _decoder.Rows : Math.Min(maximumRows, (int)BitOperations.RoundUpToPowerOf2((uint)rows));
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
