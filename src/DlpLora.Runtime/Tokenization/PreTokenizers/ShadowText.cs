using System.Globalization;
using System.Text;

namespace DlpLora.Runtime.Tokenization.PreTokenizers;

/// <summary>
/// A text as a regular expression of another engine sees it: one character a code point. .NET's regular expressions see a character
/// outside the basic plane as two surrogates of no category; here it is replaced by one of the basic plane of the same category.
/// </summary>
internal readonly ref struct ShadowText
{
    // For each shadow character, and one past the last, where it begins in the text; empty where the text has no surrogates.
    private readonly int[]? _starts;

    private ShadowText(ReadOnlySpan<char> text, int[]? starts)
    {
        Text = text;
        _starts = starts;
    }

    /// <summary>The shadow, or empty where the text is its own.</summary>
    public ReadOnlySpan<char> Text { get; }

    public int SourceOf(int position) => _starts is null ? position : _starts[position];

    public static ShadowText Of(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return default;
        }

        char[] shadow = new char[text.Length];
        int[] starts = new int[text.Length + 1];
        int count = 0;
        int position = 0;
        while (position < text.Length)
        {
            Rune.DecodeFromUtf16(text[position..], out Rune rune, out int length);
            starts[count] = position;
            shadow[count++] = rune.IsBmp ? (char)rune.Value : StandIn(Rune.GetUnicodeCategory(rune));
            position += length;
        }

        starts[count] = position;
        return new ShadowText(shadow.AsSpan(0, count), starts);
    }

    private static char StandIn(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => '\u0531',
        UnicodeCategory.LowercaseLetter => '\u0561',
        UnicodeCategory.TitlecaseLetter => '\u01C5',
        UnicodeCategory.ModifierLetter => '\u02B0',
        UnicodeCategory.OtherLetter => '\u05D0',
        UnicodeCategory.NonSpacingMark => '\u0591',
        UnicodeCategory.SpacingCombiningMark => '\u0903',
        UnicodeCategory.EnclosingMark => '\u0488',
        UnicodeCategory.DecimalDigitNumber => '\u0660',
        UnicodeCategory.LetterNumber => '\u2180',
        UnicodeCategory.OtherNumber => '\u2460',
        UnicodeCategory.ConnectorPunctuation => '\u203F',
        UnicodeCategory.DashPunctuation => '\u058A',
        UnicodeCategory.OpenPunctuation => '\u2045',
        UnicodeCategory.ClosePunctuation => '\u2046',
        UnicodeCategory.OtherPunctuation => '\u05C0',
        UnicodeCategory.MathSymbol => '\u2200',
        UnicodeCategory.CurrencySymbol => '\u20A0',
        UnicodeCategory.ModifierSymbol => '\u02C2',
        UnicodeCategory.OtherSymbol => '\u2300',
        UnicodeCategory.Format => '\u200B',
        UnicodeCategory.PrivateUse => '\uE000',
        _ => '\u0378',
    };
}
