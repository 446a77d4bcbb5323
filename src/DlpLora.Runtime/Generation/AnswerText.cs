using System.Buffers;
using DlpLora.Runtime.Tokenization;

namespace DlpLora.Runtime.Generation;

/// <summary>A request's text as it grows, over one answer or several: complete characters, cut at the first stop string.</summary>
/// <param name="tokenizer">The model's.</param>
/// <param name="stops">The stop strings.</param>
internal sealed class AnswerText(HuggingFaceTokenizer tokenizer, IReadOnlyList<string> stops)
{
    /// <summary>What stands between two answers.</summary>
    public const string Separator = "\n\n";

    private readonly StopStringFilter _filter = new(stops);
    private readonly List<Range> _answers = [];
    private StreamingDetokenizer _detokenizer = tokenizer.CreateDetokenizer();
    private int _start;

    /// <summary>The certain text so far.</summary>
    public ReadOnlySpan<char> Text => _filter.Released;

    /// <summary>Adds a token.</summary>
    /// <param name="id">The token; not an end token.</param>
    /// <param name="stopped">Whether the text now holds a stop string.</param>
    /// <returns>The characters that became certain.</returns>
    public ReadOnlySpan<char> Add(int id, out bool stopped)
    {
        _detokenizer.Append(id, _filter.Input);
        return _filter.Advance(out stopped);
    }

    /// <summary>Ends an answer after which another one follows, and adds what stands between them.</summary>
    /// <param name="stopped">Whether that completed a stop string; then no other answer may follow.</param>
    /// <returns>The characters that became certain.</returns>
    public string BeginNext(out bool stopped)
    {
        _detokenizer.Flush(_filter.Input);
        _answers.Add(_start.._filter.Length);
        _filter.Input.Write(Separator);
        _start = _filter.Length;
        _detokenizer = tokenizer.CreateDetokenizer();
        return new string(_filter.Advance(out stopped));
    }

    /// <summary>Ends the text without a stop string. What an incomplete character leaves may still complete one.</summary>
    /// <param name="stopped">Whether it did.</param>
    /// <returns>The characters held back so far.</returns>
    public string End(out bool stopped)
    {
        _detokenizer.Flush(_filter.Input);
        string certain = new(_filter.Advance(out stopped));
        return stopped ? certain : string.Concat(certain, _filter.Flush());
    }

    /// <summary>The text of an answer, as far as no stop string cut it.</summary>
    /// <param name="index">Its number, from 0.</param>
    public string Answer(int index)
    {
        Range answer = index < _answers.Count ? _answers[index] : _start.._filter.Length;
        int end = Math.Min(answer.End.Value, Text.Length);
        return answer.Start.Value < end ? new string(Text[answer.Start.Value..end]) : string.Empty;
    }
}
