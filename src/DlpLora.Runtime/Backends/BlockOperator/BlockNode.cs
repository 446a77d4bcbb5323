using System.Runtime.InteropServices;
using DlpLora.Runtime.Backends.CustomOperators;

namespace DlpLora.Runtime.Backends.BlockOperator;

/// <summary>
/// What ONNX Runtime calls of <c>dlplora::BlockProduct(x, tiles)</c>. Nothing here may throw: an exception would end the process, so errors are
/// statuses.
/// </summary>
internal static unsafe class BlockNode
{
    private const int FloatType = 1;
    private const int ByteType = 2;
    private const int InputTotal = 2;

    private static readonly byte* OperatorName = OperatorCallbacks.Copy("BlockProduct"u8);

    [UnmanagedCallersOnly]
    public static byte* Name(CustomOp* op) => OperatorName;

    [UnmanagedCallersOnly]
    public static int InputType(CustomOp* op, nuint index) => index == 1 ? ByteType : FloatType;

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

        if (x.Rank != 3 || tiles.Rank != 3 || tiles.Shape[1] != x.Shape[2] / BlockWeights.BlockSize || tiles.Shape[2] != BlockWeights.TileBytes
            || x.Shape[2] % BlockWeights.BlockSize != 0 || x.Shape[2] > int.MaxValue
            || tiles.Shape[0] > int.MaxValue / BlockWeights.TileOutputs || x.Shape[0] * x.Shape[1] > int.MaxValue)
        {
            return OrtFunctions.Fail("BlockProduct: the shapes of x and the tiles do not fit each other\0"u8);
        }

        BlockWeights weights = new()
        {
            Tiles = (byte*)tiles.Values,
            Inputs = (int)x.Shape[2],
            Outputs = (int)tiles.Shape[0] * BlockWeights.TileOutputs,
        };
        long* shape = stackalloc long[] { x.Shape[0], x.Shape[1], weights.Outputs };
        nint output = 0;
        float* y = null;
        status = OrtFunctions.Output(context, 0, shape, x.Rank, &output);
        status = status != 0 ? status : OrtFunctions.Data(output, &y);
        return status != 0 ? status : BlockJob.Run(context, weights, x.Values, y, (int)(x.Shape[0] * x.Shape[1]), state->Threads);
    }
}
