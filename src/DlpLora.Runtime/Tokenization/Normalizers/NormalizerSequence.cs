namespace DlpLora.Runtime.Tokenization.Normalizers;

/// <summary>Normalizers one after the other.</summary>
internal sealed class NormalizerSequence(IReadOnlyList<ITextNormalizer> steps) : ITextNormalizer
{
    public AlignedText Normalize(AlignedText text)
    {
        foreach (ITextNormalizer step in steps)
        {
            text = step.Normalize(text);
        }

        return text;
    }
}
