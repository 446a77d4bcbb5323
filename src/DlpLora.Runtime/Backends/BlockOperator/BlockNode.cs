using System.Runtime.InteropServices;
using DlpLora.Runtime.Backends.CustomOperators;

namespace DlpLora.Runtime.Backends.BlockOperator;

/// <summary>
/// What ONNX Runtime calls of <c>dlplora::BlockProduct(x, tiles)</c>. Nothing here may throw: an exception would end the process, so errors are
/// statuses.
/// </summary>
internal static unsafe class BlockNode
{
    private const int InputTotal = 2;

    private static readonly byte* OperatorName = OperatorCallbacks.Copy("BlockProduct"u8);

    [UnmanagedCallersOnly]
    public static byte* Name(CustomOp* op) => OperatorName;

    [UnmanagedCallersOnly]
    public static int InputType(CustomOp* op, nuint index) => index == 1 ? ElementNumber.Byte : ElementNumber.Single;

    [UnmanagedCallersOnly]
    public static nuint InputCount(CustomOp* op) => InputTotal;

    [UnmanagedCallersOnly]
    public static nint Compute(CustomOp* state, nint context)
    {
        OperatorTensor x = default, tiles = default;
        nint status = OperatorTensor.Input(context, 0, &x);
        status = status != 0 ? status : OperatorTensor.Input(context, 1, &tiles);
        if (status != 0)
        {
            return status;
        }

        // x: [batch, sequence, inputs] or [rows, inputs].
        long inputs = x.Rank is 2 or 3 ? x.Shape[x.Rank - 1] : 0;
        if (inputs is <= 0 or > int.MaxValue || inputs % BlockWeights.BlockSize != 0
            || tiles.Rank != 3 || tiles.Shape[1] != inputs / BlockWeights.BlockSize || tiles.Shape[2] is not (NibbleTile.Bytes or ByteTile.Bytes)
            || tiles.Shape[0] > int.MaxValue / BlockWeights.TileOutputs || x.Length / inputs > int.MaxValue)
        {
            return OrtFunctions.Fail("BlockProduct: the shapes of x and the tiles do not fit each other\0"u8);
        }

        BlockWeights weights = new()
        {
            Tiles = (byte*)tiles.Values,
            TileBytes = (int)tiles.Shape[2],
            Inputs = (int)inputs,
            Outputs = (int)tiles.Shape[0] * BlockWeights.TileOutputs,
        };
        long* shape = stackalloc long[] { x.Shape[0], x.Shape[1], weights.Outputs };
        shape[x.Rank - 1] = weights.Outputs;
        nint output = 0;
        float* y = null;
        status = OrtFunctions.Output(context, 0, shape, x.Rank, &output);
        status = status != 0 ? status : OrtFunctions.Data(output, &y);
        return status != 0 ? status : BlockJob.Run(context, weights, x.Values, y, (int)(x.Length / inputs), state->Threads);
    }
}
