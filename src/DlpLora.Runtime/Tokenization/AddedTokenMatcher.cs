using System.Buffers;
using System.Globalization;
using System.Text;

namespace DlpLora.Runtime.Tokenization;

/// <summary>Finds added tokens in a text, leftmost first and the longest of those that begin at one place: a trie over their characters.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly Dictionary<(int Node, char Character), int> _edges = [];
    private readonly Dictionary<int, AddedToken> _ends = [];
    private readonly SearchValues<char> _first;
    private int _nodes = 1;

    public AddedTokenMatcher(IEnumerable<(string Spelling, AddedToken Token)> tokens)
    {
        HashSet<char> first = [];
        foreach ((string spelling, AddedToken token) in tokens)
        {
            first.Add(spelling[0]);
            int node = 0;
            foreach (char c in spelling)
            {
                if (!_edges.TryGetValue((node, c), out int next))
                {
                    next = _nodes++;
                    _edges.Add((node, c), next);
                }

                node = next;
            }

            _ends.TryAdd(node, token);
        }

        _first = SearchValues.Create([.. first]);
    }

    public bool IsEmpty => _ends.Count == 0;

    /// <summary>Finds the next added token at or after a position.</summary>
    /// <param name="text">The text.</param>
    /// <param name="position">Where the search begins; what lies before is taken.</param>
    /// <param name="parseSpecial">Whether control tokens count.</param>
    /// <param name="isLiteral">Whether a token that begins at this position is plain text; null where none is.</param>
    /// <param name="match">The token found.</param>
    public bool TryFind(ReadOnlySpan<char> text, int position, bool parseSpecial, Func<int, bool>? isLiteral, out AddedTokenMatch match)
    {
        for (int start = position; start < text.Length; start++)
        {
            int skip = text[start..].IndexOfAny(_first);
            if (skip < 0)
            {
                break;
            }

            start += skip;
            if (Longest(text[start..], parseSpecial) is not ({ } token, int length) || isLiteral?.Invoke(start) == true)
            {
                continue;
            }

            TextRange range = new(start, start + length);
            if (token.SingleWord && (EndsWithWord(text[..range.Start]) || StartsWithWord(text[range.End..])))
            {
                continue;
            }

            match = new AddedTokenMatch(token, Strip(text, token, range, position));
            return true;
        }

        match = default;
        return false;
    }

    private (AddedToken? Token, int Length) Longest(ReadOnlySpan<char> text, bool parseSpecial)
    {
        (AddedToken? Token, int Length) best = default;
        int node = 0;
        for (int i = 0; i < text.Length && _edges.TryGetValue((node, text[i]), out node); i++)
        {
            if (_ends.TryGetValue(node, out AddedToken? token) && (parseSpecial || !token.Special))
            {
                best = (token, i + 1);
            }
        }

        return best;
    }

    private static TextRange Strip(ReadOnlySpan<char> text, AddedToken token, TextRange range, int floor)
    {
        (int start, int end) = range;
        while (token.LeftStrip && start > floor && char.IsWhiteSpace(text[start - 1]))
        {
            start--;
        }

        while (token.RightStrip && end < text.Length && char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        return new TextRange(start, end);
    }

    private static bool EndsWithWord(ReadOnlySpan<char> text) =>
        text.Length > 0 && Rune.DecodeLastFromUtf16(text, out Rune rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool StartsWithWord(ReadOnlySpan<char> text) =>
        text.Length > 0 && Rune.DecodeFromUtf16(text, out Rune rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool IsWord(Rune rune) =>
        Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.ConnectorPunctuation
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
}
