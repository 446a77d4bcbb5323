namespace DlpLora.Runtime.Backends.LoraOperator;

/// <summary>The products of a slot with <see cref="LoraKernel.Rows"/> rows of A or of B at once, for one form of the numbers.</summary>
internal unsafe interface ILoraRows
{
    /// <summary>Four rows of A, [length] each, against one token.</summary>
    /// <param name="x">[length].</param>
    /// <param name="a0">The first row.</param>
    /// <param name="a1">The second row.</param>
    /// <param name="a2">The third row.</param>
    /// <param name="a3">The fourth row.</param>
    /// <param name="length">Numbers of a row.</param>
    /// <param name="h">[4].</param>
    static abstract void Dot(float* x, byte* a0, byte* a1, byte* a2, byte* a3, int length, float* h);

    /// <summary>target += h0 b0 + h1 b1 + h2 b2 + h3 b3.</summary>
    /// <param name="h">[4].</param>
    /// <param name="b0">The first row, [columns].</param>
    /// <param name="b1">The second row.</param>
    /// <param name="b2">The third row.</param>
    /// <param name="b3">The fourth row.</param>
    /// <param name="target">[columns].</param>
    /// <param name="columns">Numbers of a row.</param>
    static abstract void Add(float* h, byte* b0, byte* b1, byte* b2, byte* b3, float* target, int columns);
}
