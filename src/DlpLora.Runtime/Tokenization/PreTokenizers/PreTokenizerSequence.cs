using System.Runtime.InteropServices;

namespace DlpLora.Runtime.Tokenization.PreTokenizers;

/// <summary>Pre-tokenizers one after the other, each within the pieces of the one before.</summary>
internal sealed class PreTokenizerSequence(IReadOnlyList<IPreTokenizer> steps) : IPreTokenizer
{
    public void Split(ReadOnlySpan<char> text, List<TextRange> pieces)
    {
        List<TextRange> current = [new TextRange(0, text.Length)];
        List<TextRange> next = [];
        foreach (IPreTokenizer step in steps)
        {
            next.Clear();
            foreach (TextRange piece in CollectionsMarshal.AsSpan(current))
            {
                int first = next.Count;
                step.Split(text[piece.Start..piece.End], next);
                for (int i = first; i < next.Count; i++)
                {
                    next[i] = new TextRange(next[i].Start + piece.Start, next[i].End + piece.Start);
                }
            }

            (current, next) = (next, current);
        }

        pieces.AddRange(current);
    }
}
