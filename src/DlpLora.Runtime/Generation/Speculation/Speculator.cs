namespace DlpLora.Runtime.Generation.Speculation;

/// <summary>
/// Speculative decoding without a second model, for one sequence: guesses from the sequence itself, as many as pay by what came true so far.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class Speculator
{
    /// <summary>The most guesses at once.</summary>
    public const int MostGuesses = DraftLength.Most;

    private readonly PromptLookup _lookup;
    private readonly DraftLength _length = new();
    private int _seen;
    private int _match;

    /// <param name="prompt">The prompt's tokens.</param>
    /// <param name="capacity">Tokens that the sequence may grow to.</param>
    public Speculator(ReadOnlySpan<int> prompt, int capacity) => _lookup = new PromptLookup(prompt, capacity);

    /// <summary>Tokens that were guessed and checked.</summary>
    public int Guessed { get; private set; }

    /// <summary>Guesses that came true.</summary>
    public int Right { get; private set; }

    /// <summary>Guesses the tokens that follow.</summary>
    /// <param name="answer">The tokens of the answer so far.</param>
    /// <param name="most">The most guesses wanted.</param>
    /// <param name="guesses">Gets them, [<see cref="MostGuesses"/>].</param>
    /// <returns>How many there are; 0 where an ordinary step is the better choice.</returns>
    public int Guess(List<int> answer, int most, Span<int> guesses)
    {
        for (; _seen < answer.Count; _seen++)
        {
            _lookup.Add(answer[_seen]);
        }

        if (most <= 0)
        {
            return 0;
        }

        ReadOnlySpan<int> found = _lookup.Find(Math.Min(most, MostGuesses), out _match);
        found = found[..Math.Min(found.Length, _length.For(_match))];
        found.CopyTo(guesses);
        return found.Length;
    }

    /// <summary>Learns what became of the last guesses.</summary>
    /// <param name="judged">How many of them were judged: fewer than there were where the answer ended or the mixture changed among them.</param>
    /// <param name="right">How many of them, from the first, came true.</param>
    public void Learn(int judged, int right)
    {
        _length.Learn(_match, judged, right);
        Guessed += judged;
        Right += right;
    }
}
