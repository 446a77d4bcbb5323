using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Native;

namespace DlpLora.Runtime.Generation;

/// <summary>
/// The requests that are computed now, one in each row of the KV cache. In a step one of those whose prompt is not read yet reads a part of it, and
/// the others run one token together, each with its own mixture. They join and leave between two steps; a fault of one ends that one only.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class GenerationBatch : IDisposable
{
    /// <summary>Tokens of a prompt that are read between two tokens of the others: they wait for no more than that.</summary>
    private const int SharedChunk = 64;

    /// <summary>How often shorter prompts may pass a longer one before it is served in its turn.</summary>
    private const int MostPassed = 8;

    private readonly KvRows _rows;
    private readonly int _vocabulary;
    private readonly int _chunk;
    private readonly bool _reuse;
    private readonly Action<GenerationJob> _ended;
    private readonly BatchStack _stack;

    /// <summary>By row: first those that decode, then those that still read.</summary>
    private readonly List<GenerationJob> _jobs = [];

    private readonly int[] _tokens;
    private readonly RequestMixtures[] _held;
    private readonly Mixture[] _mixtures;
    private int _decoding;

    /// <summary>How many rows are bound as <see cref="_held"/> and <see cref="_mixtures"/> say; 0 for none.</summary>
    private int _bound;

    /// <param name="parts">The engine.</param>
    /// <param name="ended">Gets every request that has left: done, failed or cancelled.</param>
    public GenerationBatch(EngineParts parts, Action<GenerationJob> ended)
    {
        int rows = parts.Options.MaxConcurrentGenerations;
        _rows = parts.Rows;
        _vocabulary = parts.Model.VocabularySize;
        _chunk = parts.Options.PrefillChunk;
        _reuse = parts.Options.PrefixReuse;
        _ended = ended;
        _stack = new BatchStack(parts.Model);
        _tokens = new int[rows];
        _held = new RequestMixtures[rows];
        _mixtures = new Mixture[rows];
    }

    /// <summary>How many requests are computed now.</summary>
    public int Count => _jobs.Count;

    /// <summary>Gives a prepared request a row, unless there is no memory for it now. One that can never have it has failed and is not asked again.</summary>
    /// <returns>Whether it is dealt with.</returns>
    public bool TryJoin(GenerationJob job)
    {
        switch (job.TryAdmit(_rows))
        {
            case true:
                _jobs.Add(job);
                return true;
            case null:
                _ended(job);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Reads a part of one prompt, and decodes a token of every request that has read its own.</summary>
    public void Step()
    {
        RemoveCancelled();
        if (_decoding < _jobs.Count)
        {
            Read();
        }

        if (_decoding > 0)
        {
            Decode();
        }
    }

    /// <summary>Gives back the memory that only requests to come would use. For when there is none and none is expected soon.</summary>
    public void Rest()
    {
        _bound = 0;
        _stack.Dispose();
        _rows.Rest();
        PagePool.Shared.Clear();
    }

    public void Dispose() => _stack.Dispose();

    private void Read()
    {
        int row = NextToRead();
        bool alone = _decoding == 0;
        GenerationJob job = _jobs[row];
        if (_reuse)
        {
            PrefixReuse.Begin(_rows, _jobs, row);
        }

        bool sound = job.Read(_rows, row, alone ? _chunk : Math.Min(_chunk, SharedChunk));
        if (_bound == 1)
        {
            // A lone row decodes with the binding that prompts are read with.
            _bound = 0;
        }

        if (!sound)
        {
            Remove(row);
        }
        else if (!job.Prefilling)
        {
            Swap(row, _decoding++);
        }
    }

    /// <summary>The row with the least left to read, unless others were passed too often: then the one that was passed most.</summary>
    private int NextToRead()
    {
        int next = _decoding;
        for (int row = _decoding + 1; row < _jobs.Count; row++)
        {
            bool first = Math.Max(_jobs[next].Passed, _jobs[row].Passed) < MostPassed
                ? _jobs[row].Unread < _jobs[next].Unread
                : _jobs[row].Passed > _jobs[next].Passed;
            next = first ? row : next;
        }

        for (int row = _decoding; row < _jobs.Count; row++)
        {
            _jobs[row].Passed = row == next ? 0 : _jobs[row].Passed + 1;
        }

        return next;
    }

    private void Decode()
    {
        int count = _decoding;
        if (count == 1 && _jobs[0].TryDecodeAhead(_rows, 0))
        {
            // Guesses are for a lone row: several rows fill the processor without them.
            _bound = 0;
            Leave(count);
            return;
        }

        Span<float> logits;
        try
        {
            for (int row = 0; row < count; row++)
            {
                _rows.Grow(row, 1);
                _tokens[row] = _jobs[row].NextToken;
            }

            Bind(count);
            logits = _rows.Decoder.Decode(_tokens.AsSpan(0, count));
        }
        catch (Exception)
        {
            // Whose fault it was shows when each runs alone.
            DecodeOneByOne(count);
            return;
        }

        for (int row = 0; row < count; row++)
        {
            _jobs[row].Accept(logits.Slice(row * _vocabulary, _vocabulary));
        }

        Leave(count);
    }

    private void DecodeOneByOne(int count)
    {
        _bound = 0;
        for (int row = 0; row < count; row++)
        {
            _jobs[row].DecodeAlone(_rows, row);
        }

        Leave(count);
    }

    /// <summary>Removes those that are done or have failed, and lets those read that have another prompt; the last first, since rows move.</summary>
    private void Leave(int count)
    {
        for (int row = count - 1; row >= 0; row--)
        {
            if (_jobs[row].Ended)
            {
                Remove(row);
            }
            else if (_jobs[row].Prefilling)
            {
                Swap(row, --_decoding);
            }
        }
    }

    private void RemoveCancelled()
    {
        for (int row = _jobs.Count - 1; row >= 0; row--)
        {
            if (_jobs[row].IsCancelled())
            {
                Remove(row);
            }
        }
    }

    /// <summary>Binds the mixtures in force for the first rows, if others are bound.</summary>
    private void Bind(int count)
    {
        bool same = _bound == count;
        bool uniform = true;
        for (int row = 0; row < count; row++)
        {
            RequestMixtures held = _jobs[row].Mixtures;
            Mixture mixture = held.StandIn(_jobs[row].InForce);
            same &= ReferenceEquals(held, _held[row]) && ReferenceEquals(mixture, _mixtures[row]);
            _held[row] = held;
            _mixtures[row] = mixture;
            uniform &= row == 0 || mixture.Equals(_mixtures[0]);
        }

        if (same)
        {
            return;
        }

        _bound = 0;
        _stack.Select(_held.AsSpan(0, count), _mixtures.AsSpan(0, count));
        uniform &= SameWeights(count);
        int gates = uniform ? 1 : count;

        // [gates, R]
        Span<float> gate = _rows.Decoder.Bind(count, _stack.Stack, gates);
        int width = gate.Length / gates;
        for (int row = 0; row < gates; row++)
        {
            _held[row].WriteGate(_mixtures[row], _stack.Stack, gate.Slice(row * width, width));
        }

        _bound = count;
    }

    /// <summary>Whether equal names mean equal adapters: one may have been replaced between two requests.</summary>
    private bool SameWeights(int count)
    {
        foreach (WeightedAdapter adapter in _mixtures[0].Adapters)
        {
            for (int row = 1; row < count; row++)
            {
                if (!_held[row].Holds(adapter.Name) || !ReferenceEquals(_held[row][adapter.Name], _held[0][adapter.Name]))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private void Swap(int row, int other)
    {
        _rows.Swap(row, other);
        (_jobs[row], _jobs[other]) = (_jobs[other], _jobs[row]);
    }

    private void Remove(int row)
    {
        GenerationJob job = _jobs[row];
        KvContent? kept = _reuse ? job.Held(_rows.Decoder.Length(row)) : null;
        if (kept is null)
        {
            // Nothing of it is needed: only the row that takes its place is copied.
            _rows.Decoder.Truncate(row, 0);
        }

        if (row < _decoding)
        {
            Swap(row, --_decoding);
            row = _decoding;
        }

        if (kept is null)
        {
            _rows.Remove(row);
        }
        else
        {
            _rows.Retire(row, kept);
        }

        _jobs[row] = _jobs[^1];
        _jobs.RemoveAt(_jobs.Count - 1);
        _ended(job);
    }
}
