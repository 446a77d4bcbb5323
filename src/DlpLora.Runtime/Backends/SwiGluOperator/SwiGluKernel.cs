using System.Runtime.CompilerServices;
using DlpLora.Runtime.Backends.Lanes;

namespace DlpLora.Runtime.Backends.SwiGluOperator;

/// <summary>silu(gate) * up, where silu(g) = g / (1 + e^-g), in vectors of one width.</summary>
internal static unsafe class SwiGluKernel<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>Computes one token.</summary>
    /// <param name="gate">[width].</param>
    /// <param name="up">[width].</param>
    /// <param name="y">[width].</param>
    /// <param name="width">Any.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* gate, float* up, float* y, int width)
    {
        int i = 0;
        for (; i + TLanes.Count <= width; i += TLanes.Count)
        {
            TLanes.Store(Of(TLanes.Load(gate + i), TLanes.Load(up + i)), y + i);
        }

        if (i < width)
        {
            // What no vector is full of: gate, up.
            int rest = width - i;
            float* ends = stackalloc float[2 * TLanes.Count];
            new ReadOnlySpan<float>(gate + i, rest).CopyTo(new Span<float>(ends, rest));
            new ReadOnlySpan<float>(up + i, rest).CopyTo(new Span<float>(ends + TLanes.Count, rest));
            TLanes.Store(Of(TLanes.Load(ends), TLanes.Load(ends + TLanes.Count)), ends);
            new ReadOnlySpan<float>(ends, rest).CopyTo(new Span<float>(y + i, rest));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Of(TVector gate, TVector up)
    {
        TVector one = TLanes.Create(1);
        TVector decay = Exponentials.Exp<TLanes, TVector>(TLanes.Subtract(default, gate));
        return TLanes.Divide(TLanes.Multiply(gate, up), TLanes.Add(one, decay));
    }
}
