using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Native;

namespace DlpLora.Runtime.Generation;

/// <summary>
/// The requests that are computed now, one in each row of the KV cache. In a step those whose prompt is not read yet read a part of it, and
/// the others run one token together, each with its own mixture. They join and leave between two steps; a fault of one ends that one only.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class GenerationBatch : IDisposable
{
    /// <summary>Tokens of prompts that are read between two tokens of the others: they wait for no more than that.</summary>
    private const int SharedChunk = 64;

    /// <summary>How often shorter prompts may pass a longer one before it is served in its turn.</summary>
    private const int MostPassed = 8;

    private readonly KvRows _rows;
    private readonly int _vocabulary;
    private readonly int _chunk;
    private readonly bool _reuse;
    private readonly Action<GenerationJob> _ended;
    private readonly BoundMixtures _bound;

    /// <summary>By row: first those that decode, then those that still read.</summary>
    private readonly List<GenerationJob> _jobs = [];

    private readonly int[] _tokens;
    private int _decoding;

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
        _bound = new BoundMixtures(parts.Model, rows);
        _tokens = new int[rows];
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

    /// <summary>Reads a part of the prompts, and decodes a token of every request that has read its own.</summary>
    public void Step()
    {
        RemoveCancelled();
        for (int left = _chunk; left > 0 && _decoding < _jobs.Count;)
        {
            // As soon as one decodes, it waits for no more than that.
            left = _decoding > 0 ? Math.Min(left, SharedChunk) : left;
            left -= Read(left);
        }

        if (_decoding > 0)
        {
            Decode();
        }
    }

    /// <summary>Gives back the memory that only requests to come would use. For when there is none and none is expected soon.</summary>
    public void Rest()
    {
        _bound.Release();
        _rows.Rest();
        PagePool.Shared.Clear();
    }

    public void Dispose() => _bound.Dispose();

    /// <summary>Reads a part of one prompt, of so many tokens at most. Returns how many they were.</summary>
    private int Read(int limit)
    {
        int row = NextToRead();
        GenerationJob job = _jobs[row];
        if (_reuse)
        {
            PrefixReuse.Begin(_rows, _jobs, row);
        }

        int read = Math.Min(limit, job.Unread);
        bool sound = job.Read(_rows, row, limit);

        // A lone row decodes with the binding that prompts are read with.
        _bound.Forget();

        if (!sound)
        {
            Remove(row);
        }
        else if (!job.Prefilling)
        {
            Swap(row, _decoding++);
        }

        return read;
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
            _bound.Forget();
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

            _bound.Bind(_rows.Decoder, _jobs, count);
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
        _bound.Forget();
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
