using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using DlpLora.Runtime.Backends.CustomOperators;

namespace DlpLora.Runtime.Backends.BlockOperator;

/// <summary>A product's work in one run of the model, split over the session's threads.</summary>
internal unsafe struct BlockJob
{
    /// <summary>Inputs to be encoded, and products of two numbers, below which a second thread costs more than it saves.</summary>
    private const long EncodingOfThread = 8 << 10;
    private const long ProductsOfThread = 64 << 10;

    private BlockWeights _weights;
    private BlockInput _input;
    private float* _x;
    private float* _y;
    private int _tokens;
    private int _parts;

    /// <summary>y = x W^T.</summary>
    /// <param name="context">The run, which has the threads.</param>
    /// <param name="weights">W.</param>
    /// <param name="x">[tokens, inputs].</param>
    /// <param name="y">[tokens, outputs].</param>
    /// <param name="tokens">How many.</param>
    /// <param name="threads">The session's threads.</param>
    /// <returns>A status.</returns>
    public static nint Run(nint context, in BlockWeights weights, float* x, float* y, int tokens, int threads)
    {
        long bytes = BlockInput.Bytes(tokens, weights.Inputs);
        bool onStack = bytes <= WorkShare.StackBytes;
        byte* stack = stackalloc byte[onStack ? (int)bytes : 0];
        byte* memory = onStack ? stack : (byte*)NativeMemory.Alloc((nuint)bytes);
        BlockJob job = new()
        {
            _weights = weights,
            _input = new BlockInput(memory, tokens, weights.Inputs, weights.HasBytes),
            _x = x,
            _y = y,
            _tokens = tokens,
        };
        long inputs = (long)tokens * weights.Inputs;
        nint status = job.Split(context, &Encode, inputs / EncodingOfThread, Math.Min(job._input.Groups, threads));
        if (status == 0)
        {
            status = job.Split(context, &Multiply, inputs * weights.Outputs / ProductsOfThread, Math.Min(weights.Outputs / BlockWeights.TileOutputs, threads));
        }

        if (!onStack)
        {
            NativeMemory.Free(memory);
        }

        return status;
    }

    [UnmanagedCallersOnly]
    private static void Encode(void* job, nuint part) => ((BlockJob*)job)->Encode((int)part);

    [UnmanagedCallersOnly]
    private static void Multiply(void* job, nuint part) => ((BlockJob*)job)->Multiply((int)part);

    private nint Split(nint context, delegate* unmanaged<void*, nuint, void> part, long parts, int most)
    {
        _parts = (int)Math.Clamp(parts, 1, most);
        fixed (BlockJob* job = &this)
        {
            return OrtFunctions.Parallel(context, part, _parts, job);
        }
    }

    private void Encode(int part)
    {
        (int from, int to) = WorkShare.Of(_input.Groups, _parts, part, 1);
        for (int group = from; group < to; group++)
        {
            _input.Encode(group, _x);
        }
    }

    private void Multiply(int part)
    {
        // [width, 16]
        float* sums = stackalloc float[8 * BlockWeights.TileOutputs];
        (int from, int to) = WorkShare.Of(_weights.Outputs / BlockWeights.TileOutputs, _parts, part, 1);
        for (int tile = from; tile < to; tile++)
        {
            byte* tiles = _weights.Tiles + ((long)tile * _weights.Blocks * _weights.TileBytes);
            for (int group = 0; group < _input.Groups; group++)
            {
                Multiply(tiles, _input.Group(group), sums);
                Store(sums, tile, group * _input.Width);
            }
        }
    }

    private void Multiply(byte* tiles, byte* group, float* sums)
    {
        if (_weights.HasBytes && AvxVnni.IsSupported)
        {
            ByteKernel<VnniDot>.Run(tiles, group, _input.Width, _weights.Blocks, sums);
        }
        else if (_weights.HasBytes)
        {
            ByteKernel<Avx2Dot>.Run(tiles, group, _input.Width, _weights.Blocks, sums);
        }
        else if (BlockKernel512.IsSupported)
        {
            BlockKernel512.Run(tiles, group, _input.Width, _weights.Blocks, sums);
        }
        else
        {
            BlockKernel256.Run(tiles, group, _input.Width, _weights.Blocks, sums);
        }
    }

    private void Store(float* sums, int tile, int token)
    {
        float* y = _y + ((long)token * _weights.Outputs) + (tile * BlockWeights.TileOutputs);
        for (int end = Math.Min(_tokens, token + _input.Width); token < end; token++, y += _weights.Outputs, sums += BlockWeights.TileOutputs)
        {
            new ReadOnlySpan<float>(sums, BlockWeights.TileOutputs).CopyTo(new Span<float>(y, BlockWeights.TileOutputs));
        }
    }
}
