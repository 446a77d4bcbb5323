using System.Globalization;
using System.Text;

namespace DlpLora.Runtime.Tokenization.Normalizers;

/// <summary>Unicode normalization: NFC, NFD, NFKC or NFKD.</summary>
internal sealed class UnicodeFormNormalizer(NormalizationForm form) : ITextNormalizer
{
    public AlignedText Normalize(AlignedText text)
    {
        if (text.Text.IsNormalized(form))
        {
            return text;
        }

        // Characters combine within a grapheme cluster, so each cluster is rewritten alone and its characters stand for all of it.
        StringBuilder normalized = new(text.Text.Length);
        List<TextRange> map = new(text.Text.Length);
        int position = 0;
        while (position < text.Text.Length)
        {
            int length = StringInfo.GetNextTextElementLength(text.Text, position);
            string cluster = text.Text.Substring(position, length).Normalize(form);
            normalized.Append(cluster);
            for (int i = 0; i < cluster.Length; i++)
            {
                map.Add(new TextRange(position, position + length));
            }

            position += length;
        }

        string whole = text.Text.Normalize(form);
        if (!normalized.Equals(whole))
        {
            // A composition across clusters: the ids stay right, the offsets get coarse.
            return text.Rewritten(whole, [.. Enumerable.Repeat(new TextRange(0, text.Text.Length), whole.Length)]);
        }

        return text.Rewritten(whole, [.. map]);
    }
}
