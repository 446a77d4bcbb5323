namespace DlpLora.Runtime.Routing;

/// <summary>A sentence's place in its text, in UTF-16 units, with the white space that follows it.</summary>
/// <param name="Start">The first unit.</param>
/// <param name="End">The unit after the last one.</param>
public readonly record struct SentenceRange(int Start, int End)
{
    /// <summary>The number of UTF-16 units.</summary>
    public int Length => End - Start;
}
