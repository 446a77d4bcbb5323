namespace DlpLora.Runtime.Tokenization.PreTokenizers;

/// <summary>Splits nothing.</summary>
internal sealed class WholePreTokenizer : IPreTokenizer
{
    public void Split(ReadOnlySpan<char> text, List<TextRange> pieces) => pieces.Add(new TextRange(0, text.Length));
}
