using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace DlpLora.Runtime.Backends.LoraOperator;

/// <summary>A slot's work in one run of the model, split over the session's threads.</summary>
internal unsafe struct LoraJob
{
    /// <summary>Numbers of A and B below which a second thread costs more than it saves (measured).</summary>
    private const long WorkOfThread = 12 << 10;

    /// <summary>Scratch up to so many bytes lies on the stack.</summary>
    private const long StackBytes = 64 << 10;

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
        bool onStack = sums * sizeof(float) <= StackBytes;
        float* stack = stackalloc float[onStack ? (int)sums : 0];
        job._sums = onStack ? stack : (float*)NativeMemory.Alloc((nuint)sums, sizeof(float));
        NativeMemory.Clear(job._sums, (nuint)(sums * sizeof(float)));
        nint status = 0;
        if (job._parts == 1)
        {
            job.Run(0);
        }
        else
        {
            status = OrtFunctions.Parallel(context, &Part, job._parts, &job);
            Span<float> y = new(kernel.Y, sums == 0 ? 0 : kernel.Outputs);
            for (long i = 0; i < sums; i += kernel.Outputs)
            {
                TensorPrimitives.Add(y, new ReadOnlySpan<float>(job._sums + i, kernel.Outputs), y);
            }
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
        long floats = (long)LoraKernel.Group * _kernel.Rank;
        bool onStack = floats * sizeof(float) <= StackBytes;
        float* stack = stackalloc float[onStack ? (int)floats : 0];
        float* scratch = onStack ? stack : (float*)NativeMemory.Alloc((nuint)floats, sizeof(float));
        if (_tokens == 1)
        {
            (int from, int to) = Range(_kernel.Rank, part);
            _kernel.AddToken(0, from, to, part == 0 ? _kernel.Y : _sums + ((long)(part - 1) * _kernel.Outputs), scratch);
        }
        else
        {
            (int first, int end) = Range(_tokens, part);
            _kernel.AddTokens(first, end, scratch);
        }

        if (!onStack)
        {
            NativeMemory.Free(scratch);
        }
    }

    /// <summary>A part's share of a count, in whole groups where there are enough of them.</summary>
    private readonly (int From, int To) Range(int count, int part)
    {
        int share = (count + _parts - 1) / _parts;
        share = share < LoraKernel.Group ? share : (share + LoraKernel.Group - 1) / LoraKernel.Group * LoraKernel.Group;
        return (Math.Min(count, part * share), Math.Min(count, (part + 1) * share));
    }
}
