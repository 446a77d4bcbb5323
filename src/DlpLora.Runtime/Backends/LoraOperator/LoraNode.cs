using System.Runtime.InteropServices;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends.CustomOperators;

namespace DlpLora.Runtime.Backends.LoraOperator;

/// <summary>What ONNX Runtime calls of the operator. Nothing here may throw: an exception would end the process, so errors are statuses.</summary>
internal static unsafe class LoraNode
{
    private const int InputTotal = 5;

    private static readonly byte* OperatorName = OperatorCallbacks.Copy("LoraDelta"u8);
    private static readonly byte* ColumnsName = OperatorCallbacks.Copy("columns"u8);

    [UnmanagedCallersOnly]
    public static byte* Name(CustomOp* op) => OperatorName;

    [UnmanagedCallersOnly]
    public static nuint InputCount(CustomOp* op) => InputTotal;

    /// <summary>A and B come in either form of <see cref="WeightElement"/>.</summary>
    [UnmanagedCallersOnly]
    public static int InputType(CustomOp* op, nuint index) => index is 2 or 3 ? ElementNumber.Any : ElementNumber.Single;

    /// <summary>The output may lie where y lies.</summary>
    [UnmanagedCallersOnly]
    public static nuint MayInplace(int** inputs, int** outputs)
    {
        *inputs = (int*)NativeMemory.AllocZeroed(sizeof(int));
        *outputs = (int*)NativeMemory.AllocZeroed(sizeof(int));
        return 1;
    }

    [UnmanagedCallersOnly]
    public static void ReleaseInplace(int* inputs, int* outputs)
    {
        NativeMemory.Free(inputs);
        NativeMemory.Free(outputs);
    }

    [UnmanagedCallersOnly]
    public static nint Create(CustomOp* op, void* api, nint info, LoraNodeState** state)
    {
        *state = null;
        nuint count = 0;
        nint status = OrtFunctions.Attribute(info, ColumnsName, null, &count);
        if (status != 0)
        {
            return status;
        }

        if (count == 0 || count % 2 != 0 || count > 64)
        {
            return OrtFunctions.Fail("LoraDelta: the attribute 'columns' must hold a first column and a width for each block\0"u8);
        }

        long* columns = stackalloc long[(int)count];
        status = OrtFunctions.Attribute(info, ColumnsName, columns, &count);
        if (status != 0)
        {
            return status;
        }

        int blocks = (int)count / 2;
        LoraNodeState* created = (LoraNodeState*)NativeMemory.Alloc((nuint)(sizeof(LoraNodeState) + (blocks * sizeof(LoraBlock))));
        created->Threads = op->Threads;
        created->BlockCount = blocks;
        for (int i = 0; i < blocks; i++)
        {
            (long column, long width) = (columns[2 * i], columns[(2 * i) + 1]);
            if (column < 0 || width < 1 || column + width > int.MaxValue)
            {
                NativeMemory.Free(created);
                return OrtFunctions.Fail("LoraDelta: the attribute 'columns' holds a column or a width that is none\0"u8);
            }

            created->Blocks[i] = new LoraBlock((int)column, (int)width);
        }

        *state = created;
        return 0;
    }

    [UnmanagedCallersOnly]
    public static void Destroy(LoraNodeState* state) => NativeMemory.Free(state);

    [UnmanagedCallersOnly]
    public static nint Compute(LoraNodeState* state, nint context)
    {
        OperatorTensor y = default, x = default, a = default, b = default, gate = default;
        nint status = OperatorTensor.Input(context, 0, &y);
        status = status != 0 ? status : OperatorTensor.Input(context, 1, &x);
        status = status != 0 ? status : OperatorTensor.Input(context, 2, &a);
        status = status != 0 ? status : OperatorTensor.Input(context, 3, &b);
        status = status != 0 ? status : OperatorTensor.Input(context, 4, &gate);
        if (status != 0)
        {
            return status;
        }

        nint output = 0;
        float* target = null;
        status = OrtFunctions.Output(context, 0, y.Shape, y.Rank, &output);
        status = status != 0 ? status : OrtFunctions.Data(output, &target);
        if (status != 0)
        {
            return status;
        }

        if (target != y.Values)
        {
            NativeMemory.Copy(y.Values, target, (nuint)(y.Length * sizeof(float)));
        }

        if (gate.Rank != 3 || gate.Shape[2] == 0)
        {
            return gate.Rank == 3 ? 0 : OrtFunctions.Fail("LoraDelta: the gate must be [1 or batch, 1 or sequence, R]\0"u8);
        }

        if (a.Element != b.Element || a.Element is not (ElementNumber.Single or ElementNumber.BFloat16))
        {
            return OrtFunctions.Fail("LoraDelta: A and B must both be float or both bfloat16\0"u8);
        }

        bool single = a.Element == ElementNumber.Single;
        long bRows = single ? state->BlockCount * gate.Shape[2] : gate.Shape[2];
        if (y.Rank != 3 || x.Rank != 3 || a.Rank != 2 || b.Rank != 2
            || x.Shape[0] != y.Shape[0] || x.Shape[1] != y.Shape[1]
            || a.Shape[1] != x.Shape[2] || b.Shape[1] != (single ? y.Shape[2] : state->Width)
            || a.Shape[0] != state->BlockCount * gate.Shape[2] || b.Shape[0] != bRows
            || (gate.Shape[0] != 1 && gate.Shape[0] != y.Shape[0]) || (gate.Shape[1] != 1 && gate.Shape[1] != y.Shape[1])
            || state->LastColumn > y.Shape[2])
        {
            return OrtFunctions.Fail("LoraDelta: the shapes of y, x, A, B and the gate do not fit each other\0"u8);
        }

        LoraKernel kernel = new()
        {
            X = x.Values,
            Y = target,
            Element = single ? WeightElement.Single : WeightElement.BFloat16,
            A = (byte*)a.Values,
            B = (byte*)b.Values,
            Gate = gate.Values,
            Inputs = (int)x.Shape[2],
            Outputs = (int)y.Shape[2],
            Rank = (int)gate.Shape[2],
            Sequence = (int)y.Shape[1],
            GatePer = (gate.Shape[0] != 1, gate.Shape[1] != 1),
            Blocks = state->Blocks,
            BlockCount = state->BlockCount,
        };
        return LoraJob.Run(context, kernel, (int)(y.Shape[0] * y.Shape[1]), state->Threads);
    }
}
