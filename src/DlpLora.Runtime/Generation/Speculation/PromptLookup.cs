namespace DlpLora.Runtime.Generation.Speculation;

/// <summary>
/// Guesses the tokens to come from the sequence itself (prompt lookup decoding): what followed the last tokens when they stood in the prompt
/// or the answer before. Answers that quote, rewrite or translate names repeat much of their prompt.
/// </summary>
/// <remarks>Pairs of neighbouring tokens are chained by hash; finding and adding allocate nothing. Not thread-safe.</remarks>
internal sealed class PromptLookup
{
    /// <summary>The longest agreement that is looked for, in tokens.</summary>
    public const int LongestMatch = 16;

    /// <summary>How many earlier places are looked at, the latest first.</summary>
    private const int Places = 32;

    private readonly int[] _tokens;

    /// <summary>By the place of a pair's second token: the place of the pair before it in the chain, or -1.</summary>
    private readonly int[] _before;

    /// <summary>By hash: the place of the chain's latest pair, or -1. A power of two long.</summary>
    private readonly int[] _latest;

    private int _length;

    /// <param name="prompt">The prompt's tokens.</param>
    /// <param name="capacity">Tokens that the sequence may grow to.</param>
    public PromptLookup(ReadOnlySpan<int> prompt, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, prompt.Length);
        _tokens = new int[capacity];
        _before = new int[capacity];
        _latest = new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, capacity))];
        _latest.AsSpan().Fill(-1);
        foreach (int token in prompt)
        {
            Add(token);
        }
    }

    /// <summary>Appends a token to the sequence.</summary>
    public void Add(int token)
    {
        // The pair that ended the sequence becomes findable now that something follows it.
        if (_length >= 2)
        {
            int place = _length - 1;
            ref int latest = ref _latest[Bucket(place)];
            _before[place] = latest;
            latest = place;
        }

        _tokens[_length++] = token;
    }

    /// <summary>The tokens that followed the longest earlier match of the sequence's end; among equally long ones the latest.</summary>
    /// <param name="most">The most tokens wanted.</param>
    /// <param name="match">How many tokens agreed, 2 to <see cref="LongestMatch"/>; 0 when there is no earlier place.</param>
    public ReadOnlySpan<int> Find(int most, out int match)
    {
        match = 0;
        if (_length < 3)
        {
            return [];
        }

        int end = _length - 1;
        int best = -1;
        int place = _latest[Bucket(end)];
        for (int seen = 0; place >= 0 && seen < Places && match < LongestMatch; seen++)
        {
            int agreed = 0;
            while (agreed < LongestMatch && agreed <= place && _tokens[place - agreed] == _tokens[end - agreed])
            {
                agreed++;
            }

            if (agreed >= 2 && agreed > match)
            {
                (best, match) = (place, agreed);
            }

            place = _before[place];
        }

        return best < 0 ? [] : _tokens.AsSpan(best + 1, Math.Min(most, end - best));
    }

    private int Bucket(int place)
    {
        uint hash = ((uint)_tokens[place - 1] * 0x9E3779B1u) ^ ((uint)_tokens[place] * 0x85EBCA77u);
        return (int)((hash ^ (hash >> 15)) & (uint)(_latest.Length - 1));
    }
}
