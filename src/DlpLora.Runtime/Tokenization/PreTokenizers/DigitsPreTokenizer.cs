using System.Globalization;
using System.Text;

namespace DlpLora.Runtime.Tokenization.PreTokenizers;

/// <summary>Sets numbers apart: each digit alone, or each run of digits.</summary>
internal sealed class DigitsPreTokenizer(bool individual) : IPreTokenizer
{
    public void Split(ReadOnlySpan<char> text, List<TextRange> pieces)
    {
        int start = 0;
        int position = 0;
        bool previousIsDigit = false;
        while (position < text.Length)
        {
            Rune.DecodeFromUtf16(text[position..], out Rune rune, out int length);
            bool isDigit = IsNumeric(rune);
            if (position > start && (isDigit != previousIsDigit || (isDigit && individual)))
            {
                pieces.Add(new TextRange(start, position));
                start = position;
            }

            previousIsDigit = isDigit;
            position += length;
        }

        pieces.Add(new TextRange(start, position));
    }

    /// <summary>The categories Nd, Nl and No, as the reference's language defines numeric.</summary>
    private static bool IsNumeric(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
}
