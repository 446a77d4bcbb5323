using System.Runtime.InteropServices;
using DlpLora.Runtime.Backends.CustomOperators;

namespace DlpLora.Runtime.Backends.AttentionOperator;

/// <summary>
/// What ONNX Runtime calls of <c>dlplora::Attention(qkv, past_key, past_value, seqlens_k, total_sequence_length, cosines, sines)</c>, whose inputs and outputs are
/// those of <c>GroupQueryAttention</c>. Nothing here may throw: an exception would end the process, so errors are statuses.
/// </summary>
internal static unsafe class AttentionNode
{
    private const int InputTotal = 7;
    private const int OutputTotal = 3;
    private const int LastPositions = 3;
    private const int TotalLength = 4;
    private const int MostHeadSize = 4096;

    private static readonly byte* OperatorName = OperatorCallbacks.Copy("Attention"u8);
    private static readonly byte* HeadsName = OperatorCallbacks.Copy("heads"u8);
    private static readonly byte* ScaleName = OperatorCallbacks.Copy("scale"u8);

    [UnmanagedCallersOnly]
    public static byte* Name(CustomOp* op) => OperatorName;

    [UnmanagedCallersOnly]
    public static int InputType(CustomOp* op, nuint index) => index is LastPositions or TotalLength ? ElementNumber.Int32 : ElementNumber.Single;

    [UnmanagedCallersOnly]
    public static nuint InputCount(CustomOp* op) => InputTotal;

    [UnmanagedCallersOnly]
    public static nuint OutputCount(CustomOp* op) => OutputTotal;

    [UnmanagedCallersOnly]
    public static nint Create(CustomOp* op, void* api, nint info, AttentionNodeState** state)
    {
        *state = null;
        nuint count = 2;
        long* heads = stackalloc long[2];
        float scale = 0;
        nint status = OrtFunctions.Attribute(info, HeadsName, heads, &count);
        status = status != 0 ? status : OrtFunctions.Attribute(info, ScaleName, &scale);
        if (status != 0)
        {
            return status;
        }

        const long Most = 1 << 16;
        if (count != 2 || heads[0] is < 1 or > Most || heads[1] is < 1 or > Most || heads[0] % heads[1] != 0)
        {
            return OrtFunctions.Fail("Attention: the attribute 'heads' must hold the number of heads, and of key/value heads that divides it\0"u8);
        }

        AttentionNodeState* created = (AttentionNodeState*)NativeMemory.Alloc((nuint)sizeof(AttentionNodeState));
        *created = new AttentionNodeState { Threads = op->Threads, Heads = (int)heads[0], KeyValueHeads = (int)heads[1], Scale = scale };
        *state = created;
        return 0;
    }

    [UnmanagedCallersOnly]
    public static void Destroy(AttentionNodeState* state) => NativeMemory.Free(state);

    [UnmanagedCallersOnly]
    public static nint Compute(AttentionNodeState* state, nint context)
    {
        OperatorTensor* inputs = stackalloc OperatorTensor[InputTotal];
        for (int i = 0; i < InputTotal; i++)
        {
            nint status = OperatorTensor.Input(context, i, inputs + i);
            if (status != 0)
            {
                return status;
            }
        }

        return Fits(state, inputs) ? Compute(state, context, inputs) : OrtFunctions.Fail("Attention: the shapes of the inputs do not fit each other\0"u8);
    }

    private static bool Fits(AttentionNodeState* state, OperatorTensor* inputs)
    {
        ref OperatorTensor qkv = ref inputs[0];
        ref OperatorTensor keys = ref inputs[1];
        ref OperatorTensor values = ref inputs[2];
        if (qkv.Rank != 3 || keys.Rank != 4 || values.Rank != 4 || inputs[LastPositions].Length != qkv.Shape[0] || inputs[TotalLength].Length != 1
            || inputs[5].Rank != 2 || inputs[6].Rank != 2)
        {
            return false;
        }

        long size = keys.Shape[3];
        bool same = values.Shape[0] == qkv.Shape[0] && keys.Shape[0] == qkv.Shape[0] && values.Shape[2] == keys.Shape[2] && values.Shape[3] == size
            && keys.Shape[1] == state->KeyValueHeads && values.Shape[1] == state->KeyValueHeads
            && inputs[5].Shape[1] == size / 2 && inputs[6].Shape[1] == size / 2 && inputs[6].Shape[0] == inputs[5].Shape[0];
        return same && size is > 0 and <= MostHeadSize && size % (2 * RotaryKernel.Lanes) == 0 && keys.Shape[2] <= int.MaxValue
            && qkv.Shape[0] * qkv.Shape[1] <= int.MaxValue / state->Heads && qkv.Shape[2] == (state->Heads + (2L * state->KeyValueHeads)) * size;
    }

    private static nint Compute(AttentionNodeState* state, nint context, OperatorTensor* inputs)
    {
        long* past = inputs[1].Shape;
        int capacity = Math.Max((int)past[2], *(int*)inputs[TotalLength].Values);
        int* last = (int*)inputs[LastPositions].Values;
        long* qkv = inputs[0].Shape;
        for (int row = 0; row < qkv[0]; row++)
        {
            if (last[row] < 0 || last[row] >= capacity || last[row] >= inputs[5].Shape[0] || last[row] + 1 - qkv[1] > past[2])
            {
                return OrtFunctions.Fail("Attention: a row's length does not fit the key/value cache, or exceeds the model's context\0"u8);
            }
        }

        long* hidden = stackalloc long[] { qkv[0], qkv[1], state->Heads * past[3] };
        long* cache = stackalloc long[] { past[0], past[1], capacity, past[3] };
        float* output = null, keys = null, values = null;
        nint status = Output(context, 0, hidden, 3, &output);
        status = status != 0 ? status : Output(context, 1, cache, 4, &keys);
        status = status != 0 ? status : Output(context, 2, cache, 4, &values);
        if (status != 0)
        {
            return status;
        }

        AttentionCall call = new()
        {
            Qkv = inputs[0].Values,
            Cosines = inputs[5].Values,
            Sines = inputs[6].Values,
            Keys = keys,
            Values = values,
            Last = last,
            Output = output,
            Batch = (int)qkv[0],
            Sequence = (int)qkv[1],
            Heads = state->Heads,
            KeyValueHeads = state->KeyValueHeads,
            HeadSize = (int)past[3],
            Capacity = capacity,
            Scale = state->Scale,
        };
        call.TakePast(inputs[1].Values, inputs[2].Values, (int)past[2]);
        return AttentionJob.Run(context, call, state->Threads);
    }

    private static nint Output(nint context, int index, long* shape, nuint rank, float** data)
    {
        nint value;
        nint status = OrtFunctions.Output(context, index, shape, rank, &value);
        return status != 0 ? status : OrtFunctions.Data(value, data);
    }
}
