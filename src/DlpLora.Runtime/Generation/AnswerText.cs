using DlpLora.Runtime.Tokenization;

namespace DlpLora.Runtime.Generation;

/// <summary>An answer's text as it grows: complete characters, cut at the first stop string.</summary>
/// <param name="detokenizer">A fresh one.</param>
/// <param name="stops">The stop strings.</param>
internal sealed class AnswerText(StreamingDetokenizer detokenizer, IReadOnlyList<string> stops)
{
    private readonly StopStringFilter _filter = new(stops);

    /// <summary>The certain text so far.</summary>
    public ReadOnlySpan<char> Text => _filter.Released;

    /// <summary>Adds a token.</summary>
    /// <param name="id">The token; not an end token.</param>
    /// <param name="stopped">Whether the text now holds a stop string.</param>
    /// <returns>The characters that became certain.</returns>
    public ReadOnlySpan<char> Add(int id, out bool stopped)
    {
        detokenizer.Append(id, _filter.Input);
        return _filter.Advance(out stopped);
    }

    /// <summary>Ends the text without a stop string. What an incomplete character leaves may still complete one.</summary>
    /// <param name="stopped">Whether it did.</param>
    /// <returns>The characters held back so far.</returns>
    public string End(out bool stopped)
    {
        detokenizer.Flush(_filter.Input);
        string certain = new(_filter.Advance(out stopped));
        return stopped ? certain : string.Concat(certain, _filter.Flush());
    }
}
