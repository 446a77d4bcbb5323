using System.Runtime.InteropServices;

namespace DlpLora.Runtime.Backends.CustomOperators;

/// <summary>What ONNX Runtime asks of every operator, and all of ours answer alike. Nothing here may throw: an exception would end the process.</summary>
internal static unsafe class OperatorCallbacks
{
    private static readonly byte* ProviderName = Copy("CPUExecutionProvider"u8);

    [UnmanagedCallersOnly]
    public static byte* Provider(CustomOp* op) => ProviderName;

    [UnmanagedCallersOnly]
    public static int FloatType(CustomOp* op, nuint index) => ElementNumber.Single;

    [UnmanagedCallersOnly]
    public static nuint OutputCount(CustomOp* op) => 1;

    /// <summary>0: a required input or output, and memory of the default kind.</summary>
    [UnmanagedCallersOnly]
    public static int Required(CustomOp* op, nuint index) => 0;

    [UnmanagedCallersOnly]
    public static int FirstVersion(CustomOp* op) => 1;

    [UnmanagedCallersOnly]
    public static int LastVersion(CustomOp* op) => int.MaxValue;

    /// <summary>A node that has nothing of its own: all that it knows are its inputs and its operator.</summary>
    [UnmanagedCallersOnly]
    public static nint CreateStateless(CustomOp* op, void* api, nint info, CustomOp** state)
    {
        *state = op;
        return 0;
    }

    [UnmanagedCallersOnly]
    public static void DestroyStateless(CustomOp* state)
    {
    }

    /// <summary>A name as C reads it, for as long as the process lives.</summary>
    public static byte* Copy(ReadOnlySpan<byte> text)
    {
        byte* copy = (byte*)NativeMemory.AllocZeroed((nuint)text.Length + 1);
        text.CopyTo(new Span<byte>(copy, text.Length));
        return copy;
    }
}
