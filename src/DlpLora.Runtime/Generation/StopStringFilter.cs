using System.Buffers;

namespace DlpLora.Runtime.Generation;

/// <summary>
/// Lets an answer's text through up to the first stop string, and holds back what may yet become one. A stop string may come in any
/// number of pieces.
/// </summary>
internal sealed class StopStringFilter(IReadOnlyList<string> stops)
{
    /// <summary>Room for most answers at once, so that it does not grow while they are written.</summary>
    private readonly ArrayBufferWriter<char> _text = new(2048);

    /// <summary>An array: it is walked twice a token, and a list behind an interface would allocate an enumerator each time.</summary>
    private readonly string[] _stops = [.. stops];

    private int _released;

    /// <summary>The text let through so far: what came before a stop string.</summary>
    public ReadOnlySpan<char> Released => _text.WrittenSpan[.._released];

    /// <summary>The characters appended so far, those held back and those after a stop string included.</summary>
    public int Length => _text.WrittenCount;

    /// <summary>Where text is to be appended before <see cref="Advance"/>.</summary>
    public IBufferWriter<char> Input => _text;

    /// <summary>Looks at what was appended.</summary>
    /// <param name="stopped">Whether a stop string is complete; then nothing more may be appended.</param>
    /// <returns>The characters that became certain.</returns>
    public ReadOnlySpan<char> Advance(out bool stopped)
    {
        ReadOnlySpan<char> text = _text.WrittenSpan;
        int from = _released;
        int first = -1;
        int end = int.MaxValue;
        foreach (string stop in _stops)
        {
            // What was released before holds no beginning of a stop string. The one that is complete first counts, so that it does not
            // matter in which pieces the text comes; of those complete at the same character, the longest.
            int found = text[from..].IndexOf(stop, StringComparison.Ordinal);
            if (found >= 0 && (found + stop.Length < end || (found + stop.Length == end && found < first)))
            {
                (first, end) = (found, found + stop.Length);
            }
        }

        stopped = first >= 0;
        _released = stopped ? from + first : text.Length - HeldBack(text[from..]);
        return text[from.._released];
    }

    /// <summary>Lets go of what is held back: the answer ended otherwise.</summary>
    public ReadOnlySpan<char> Flush()
    {
        int from = _released;
        _released = _text.WrittenCount;
        return _text.WrittenSpan[from..];
    }

    /// <summary>The length of the longest end of the text that begins a stop string.</summary>
    private int HeldBack(ReadOnlySpan<char> pending)
    {
        int held = 0;
        foreach (string stop in _stops)
        {
            for (int length = Math.Min(stop.Length - 1, pending.Length); length > held; length--)
            {
                if (pending.EndsWith(stop.AsSpan(0, length), StringComparison.Ordinal))
                {
                    held = length;
                    break;
                }
            }
        }

        return held;
    }
}
