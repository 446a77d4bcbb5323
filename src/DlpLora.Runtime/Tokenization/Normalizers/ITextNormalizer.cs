namespace DlpLora.Runtime.Tokenization.Normalizers;

/// <summary>Rewrites a text before it is split, and keeps where each character came from.</summary>
internal interface ITextNormalizer
{
    AlignedText Normalize(AlignedText text);
}
