using System.Globalization;
using System.Text;

namespace DlpLora.Runtime.Tokenization.PreTokenizers;

/// <summary>
/// GPT-2's word pattern, <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>, as a scanner:
/// linear in the text's length, and right for characters outside the basic plane, which .NET's regular expressions see as two.
/// </summary>
internal sealed class GptWordPreTokenizer : IPreTokenizer
{
    private enum Kind
    {
        Letter,
        Number,
        Space,
        Other,
    }

    public void Split(ReadOnlySpan<char> text, List<TextRange> pieces)
    {
        int position = 0;
        while (position < text.Length)
        {
            int end = position + Next(text[position..]);
            pieces.Add(new TextRange(position, end));
            position = end;
        }
    }

    private static int Next(ReadOnlySpan<char> text)
    {
        if (text[0] == '\'' && Contraction(text[1..]) is > 0 and int suffix)
        {
            return 1 + suffix;
        }

        int start = text[0] == ' ' && text.Length > 1 && KindAt(text, 1, out _) != Kind.Space ? 1 : 0;
        Kind kind = KindAt(text, start, out int length);
        int end = start + length;
        int last = start;
        while (end < text.Length && KindAt(text, end, out length) == kind)
        {
            last = end;
            end += length;
        }

        // Of several spaces before a word the last one is left for the word (or for itself).
        return kind == Kind.Space && end < text.Length && last > 0 ? last : end;
    }

    private static int Contraction(ReadOnlySpan<char> text) => text switch
    {
        ['s' or 't' or 'm' or 'd', ..] => 1,
        ['r' or 'v', 'e', ..] or ['l', 'l', ..] => 2,
        _ => 0,
    };

    private static Kind KindAt(ReadOnlySpan<char> text, int position, out int length)
    {
        char c = text[position];
        length = 1;
        if (char.IsAscii(c))
        {
            return char.IsAsciiLetter(c) ? Kind.Letter : char.IsAsciiDigit(c) ? Kind.Number : char.IsWhiteSpace(c) ? Kind.Space : Kind.Other;
        }

        Rune.DecodeFromUtf16(text[position..], out Rune rune, out length);
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Rune.IsWhiteSpace(rune) ? Kind.Space : Kind.Other,
        };
    }
}
