using System.Text.RegularExpressions;

namespace DlpLora.Runtime.Tokenization.PreTokenizers;

/// <summary>Splits by a regular expression of the file.</summary>
internal sealed class SplitPreTokenizer(Regex pattern, SplitBehavior behavior, bool invert) : IPreTokenizer
{
    public void Split(ReadOnlySpan<char> text, List<TextRange> pieces)
    {
        ShadowText shadow = ShadowText.Of(text);
        List<(TextRange Range, bool IsMatch)> parts = [];
        int position = 0;
        try
        {
            foreach (ValueMatch match in pattern.EnumerateMatches(shadow.Text.IsEmpty ? text : shadow.Text))
            {
                if (match.Length == 0)
                {
                    continue;
                }

                int start = shadow.SourceOf(match.Index);
                Add(parts, new TextRange(position, start), isMatch: false);
                position = shadow.SourceOf(match.Index + match.Length);
                Add(parts, new TextRange(start, position), isMatch: true);
            }
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new DlpLoraException(
                $"the tokenizer's split pattern '{error.Pattern}' did not come to an end within {error.MatchTimeout.TotalSeconds} s on a text of {text.Length} characters",
                error);
        }

        Add(parts, new TextRange(position, text.Length), isMatch: false);
        Join(parts, pieces);
    }

    private void Add(List<(TextRange Range, bool IsMatch)> parts, TextRange range, bool isMatch)
    {
        if (range.Length > 0)
        {
            parts.Add((range, isMatch != invert));
        }
    }

    private void Join(List<(TextRange Range, bool IsMatch)> parts, List<TextRange> pieces)
    {
        int first = pieces.Count;
        for (int i = 0; i < parts.Count; i++)
        {
            (TextRange range, bool isMatch) = parts[i];
            bool afterPlain = i > 0 && !parts[i - 1].IsMatch;
            bool joins = behavior switch
            {
                SplitBehavior.MergedWithPrevious => isMatch && afterPlain,
                SplitBehavior.MergedWithNext => i > 0 && parts[i - 1].IsMatch && !isMatch,
                SplitBehavior.Contiguous => i > 0 && parts[i - 1].IsMatch == isMatch,
                _ => false,
            };
            if (behavior == SplitBehavior.Removed && isMatch)
            {
                continue;
            }

            if (joins && pieces.Count > first)
            {
                pieces[^1] = new TextRange(pieces[^1].Start, range.End);
            }
            else
            {
                pieces.Add(range);
            }
        }
    }
}
