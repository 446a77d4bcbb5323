namespace DlpLora.Runtime.Tokenization;

/// <summary>A stretch of a text, in UTF-16 code units: <c>[Start, End)</c>.</summary>
/// <param name="Start">The first code unit.</param>
/// <param name="End">The code unit after the last.</param>
public readonly record struct TextRange(int Start, int End)
{
    /// <summary>The number of UTF-16 code units.</summary>
    public int Length => End - Start;

    /// <summary>Whether a position lies inside.</summary>
    /// <param name="position">A position in UTF-16 code units.</param>
    public bool Contains(int position) => position >= Start && position < End;
}
