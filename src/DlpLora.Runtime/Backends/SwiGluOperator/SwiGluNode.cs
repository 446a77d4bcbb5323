using System.Runtime.InteropServices;
using DlpLora.Runtime.Backends.CustomOperators;

namespace DlpLora.Runtime.Backends.SwiGluOperator;

/// <summary>
/// What ONNX Runtime calls of <c>dlplora::SwiGlu(x)</c>: [.., 2 F], gate and up side by side, to [.., F]. Nothing here may throw: an exception would end the
/// process, so errors are statuses.
/// </summary>
internal static unsafe class SwiGluNode
{
    private static readonly byte* OperatorName = OperatorCallbacks.Copy("SwiGlu"u8);

    [UnmanagedCallersOnly]
    public static byte* Name(CustomOp* op) => OperatorName;

    [UnmanagedCallersOnly]
    public static nuint InputCount(CustomOp* op) => 1;

    [UnmanagedCallersOnly]
    public static nint Compute(CustomOp* state, nint context)
    {
        OperatorTensor x = default;
        nint status = OperatorTensor.Input(context, 0, &x);
        if (status != 0)
        {
            return status;
        }

        if (x.Rank != 3 || x.Shape[2] % 2 != 0 || x.Shape[2] > int.MaxValue || x.Shape[0] * x.Shape[1] > int.MaxValue)
        {
            return OrtFunctions.Fail("SwiGlu: the input must be [batch, sequence, 2 * width]\0"u8);
        }

        long* shape = stackalloc long[] { x.Shape[0], x.Shape[1], x.Shape[2] / 2 };
        nint output = 0;
        float* y = null;
        status = OrtFunctions.Output(context, 0, shape, x.Rank, &output);
        status = status != 0 ? status : OrtFunctions.Data(output, &y);
        return status != 0 ? status : SwiGluJob.Run(context, x.Values, y, (int)(x.Shape[0] * x.Shape[1]), (int)(x.Shape[2] / 2), state->Threads);
    }
}
