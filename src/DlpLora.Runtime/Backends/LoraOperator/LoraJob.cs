using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using DlpLora.Runtime.Backends.CustomOperators;

namespace DlpLora.Runtime.Backends.LoraOperator;

/// <summary>A slot's work in one run of the model, split over the session's threads.</summary>
internal unsafe struct LoraJob
{
    /// <summary>Numbers of A and B below which a second thread costs more than it saves (measured).</summary>
    private const long WorkOfThread = 12 << 10;

    private LoraKernel _kernel;
    private int _tokens;
    private int _parts;

    /// <summary>[parts - 1, outputs]</summary>
    private float* _sums;

    /// <summary>Splits one token by rows, several by tokens, over as many threads as the work is worth.</summary>
    public static nint Run(nint context, in LoraKernel kernel, int tokens, int threads)
    {
        int most = tokens > 1 ? Math.Min(tokens, threads) : Math.Min(kernel.Rank, threads);
        LoraJob job = new()
        {
            _kernel = kernel,
            _tokens = tokens,
            _parts = (int)Math.Clamp(kernel.Work * tokens / WorkOfThread, 1, most),
        };

        // The parts of one token but the first add up into sums of their own, [parts - 1, outputs].
        long sums = tokens > 1 ? 0 : (long)(job._parts - 1) * kernel.Outputs;
        bool onStack = sums * sizeof(float) <= WorkShare.StackBytes;
        float* stack = stackalloc float[onStack ? (int)sums : 0];
        job._sums = onStack ? stack : (float*)NativeMemory.Alloc((nuint)sums, sizeof(float));
        NativeMemory.Clear(job._sums, (nuint)(sums * sizeof(float)));
        nint status = OrtFunctions.Parallel(context, &Part, job._parts, &job);
        Span<float> y = new(kernel.Y, sums == 0 ? 0 : kernel.Outputs);
        for (long i = 0; i < sums; i += kernel.Outputs)
        {
            TensorPrimitives.Add(y, new ReadOnlySpan<float>(job._sums + i, kernel.Outputs), y);
        }

        if (!onStack)
        {
            NativeMemory.Free(job._sums);
        }

        return status;
    }

    [UnmanagedCallersOnly]
    private static void Part(void* job, nuint index) => ((LoraJob*)job)->Run((int)index);

    private void Run(int part)
    {
        if (_tokens == 1)
        {
            (int from, int to) = WorkShare.Of(_kernel.Rank, _parts, part, LoraKernel.Rows);
            _kernel.Add(0, 1, from, to, part == 0 ? _kernel.Y : _sums + ((long)(part - 1) * _kernel.Outputs));
        }
        else
        {
            (int first, int end) = WorkShare.Of(_tokens, _parts, part, 1);
            _kernel.AddTokens(first, end);
        }
    }
}
