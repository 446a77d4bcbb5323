using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DlpLora.Runtime.Backends.AttentionOperator;

/// <summary>The rotary embedding of one head: pairs of numbers half a head apart, each turned by its angle.</summary>
internal static unsafe class RotaryKernel
{
    /// <summary>Half a head must be a multiple of so many numbers.</summary>
    public const int Lanes = 8;

    /// <param name="x">[2 * half].</param>
    /// <param name="cosines">[half].</param>
    /// <param name="sines">[half].</param>
    /// <param name="half">Half a head.</param>
    /// <param name="scale">What the result is multiplied with.</param>
    /// <param name="y">[2 * half]; not x.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* x, float* cosines, float* sines, int half, float scale, float* y)
    {
        Vector256<float> factor = Vector256.Create(scale);
        for (int i = 0; i < half; i += Lanes)
        {
            Vector256<float> low = Vector256.Load(x + i), high = Vector256.Load(x + half + i);
            Vector256<float> cosine = Vector256.Load(cosines + i) * factor, sine = Vector256.Load(sines + i) * factor;
            ((low * cosine) - (high * sine)).Store(y + i);
            ((high * cosine) + (low * sine)).Store(y + half + i);
        }
    }
}
