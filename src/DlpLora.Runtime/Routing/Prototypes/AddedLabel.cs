namespace DlpLora.Runtime.Routing.Prototypes;

/// <summary>The numbers of one label that was added from examples.</summary>
/// <param name="Vector">[width], the direction in the pooled space that speaks for the label.</param>
/// <param name="Scale">What <paramref name="Vector"/> is multiplied by.</param>
/// <param name="Bias">The score of a text that says nothing.</param>
/// <param name="Words">Features that speak for the label.</param>
/// <param name="Weights">By how much, beside <paramref name="Words"/>.</param>
/// <param name="WordScale">What <paramref name="Weights"/> are multiplied by.</param>
internal sealed record AddedLabel(sbyte[] Vector, float Scale, float Bias, uint[] Words, sbyte[] Weights, float WordScale)
{
    /// <summary>Numbers of a label beside its vector and words: two scales, the bias, the count of words.</summary>
    public const int FixedNumbers = 4;

    public int NumberCount => Vector.Length + (2 * Words.Length) + FixedNumbers;
}
