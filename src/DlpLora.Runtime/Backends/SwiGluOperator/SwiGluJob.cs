using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DlpLora.Runtime.Backends.CustomOperators;
using DlpLora.Runtime.Backends.Lanes;

namespace DlpLora.Runtime.Backends.SwiGluOperator;

/// <summary>The gated activations of one run of the model, split over the session's threads.</summary>
internal unsafe struct SwiGluJob
{
    /// <summary>Numbers below which a second thread costs more than it saves (estimated).</summary>
    private const long NumbersOfThread = 16 << 10;

    private float* _x;
    private float* _y;
    private int _tokens;
    private int _width;
    private int _parts;

    /// <summary>y = silu(gate) * up.</summary>
    /// <param name="context">The run, which has the threads.</param>
    /// <param name="x">[tokens, 2 * width]: gate, then up.</param>
    /// <param name="y">[tokens, width].</param>
    /// <param name="tokens">How many.</param>
    /// <param name="width">Numbers of each.</param>
    /// <param name="threads">The session's threads.</param>
    /// <returns>A status.</returns>
    public static nint Run(nint context, float* x, float* y, int tokens, int width, int threads)
    {
        SwiGluJob job = new()
        {
            _x = x,
            _y = y,
            _tokens = tokens,
            _width = width,
            _parts = (int)Math.Clamp((long)tokens * width / NumbersOfThread, 1, Math.Min(Math.Max(1, tokens), threads)),
        };
        return OrtFunctions.Parallel(context, &Part, job._parts, &job);
    }

    [UnmanagedCallersOnly]
    private static void Part(void* job, nuint part) => ((SwiGluJob*)job)->Run((int)part);

    private readonly void Run(int part)
    {
        (int from, int to) = WorkShare.Of(_tokens, _parts, part, 1);
        for (int token = from; token < to; token++)
        {
            float* gate = _x + (2L * token * _width);
            float* y = _y + ((long)token * _width);
            if (Lanes512.IsSupported)
            {
                SwiGluKernel<Lanes512, Vector512<float>>.Run(gate, gate + _width, y, _width);
            }
            else
            {
                SwiGluKernel<Lanes256, Vector256<float>>.Run(gate, gate + _width, y, _width);
            }
        }
    }
}
