using System.Runtime.InteropServices;

namespace DlpLora.Runtime.Backends.CustomOperators;

/// <summary>
/// The functions of ONNX Runtime's C API that a custom operator needs and its managed package does not offer. A table of function pointers that only
/// grows, so an index (<c>onnxruntime_c_api.h</c>, <c>struct OrtApi</c>) holds for every later version.
/// </summary>
/// <remarks>Each returns a status: 0, or an error that the caller passes on or frees.</remarks>
internal static unsafe partial class OrtFunctions
{
    /// <summary>1.24: the first version with <see cref="ShapeOf"/>. The managed package itself asks for a newer one.</summary>
    public const uint ApiVersion = 24;

    private const int CreateStatusIndex = 0;
    private const int GetErrorMessageIndex = 2;
    private const int CreateCustomOpDomainIndex = 26;
    private const int CustomOpDomainAddIndex = 27;
    private const int AddCustomOpDomainIndex = 28;
    private const int GetTensorMutableDataIndex = 51;
    private const int KernelInfoGetAttributeFloatIndex = 85;
    private const int KernelContextGetInputIndex = 90;
    private const int KernelContextGetOutputIndex = 91;
    private const int ReleaseStatusIndex = 93;
    private const int ReleaseCustomOpDomainIndex = 101;
    private const int KernelInfoGetAttributeArrayInt64Index = 163;
    private const int KernelContextParallelForIndex = 274;
    private const int GetShapeReferenceIndex = 414;

    private static readonly void** FunctionTable = Table();

    /// <summary>An error that ONNX Runtime then owns.</summary>
    public static nint Fail(ReadOnlySpan<byte> message)
    {
        const int InvalidArgument = 2;
        fixed (byte* text = message)
        {
            return ((delegate* unmanaged<int, byte*, nint>)FunctionTable[CreateStatusIndex])(InvalidArgument, text);
        }
    }

    public static nint CreateDomain(byte* name, out nint domain)
    {
        nint created;
        nint status = ((delegate* unmanaged<byte*, nint*, nint>)FunctionTable[CreateCustomOpDomainIndex])(name, &created);
        domain = created;
        return status;
    }

    public static nint AddOperator(nint domain, void* customOp) => ((delegate* unmanaged<nint, void*, nint>)FunctionTable[CustomOpDomainAddIndex])(domain, customOp);

    public static nint AddDomain(nint sessionOptions, nint domain) =>
        ((delegate* unmanaged<nint, nint, nint>)FunctionTable[AddCustomOpDomainIndex])(sessionOptions, domain);

    public static void ReleaseDomain(nint domain) => ((delegate* unmanaged<nint, void>)FunctionTable[ReleaseCustomOpDomainIndex])(domain);

    /// <summary>An operator's attribute of whole numbers; with <paramref name="values"/> null only their count.</summary>
    public static nint Attribute(nint info, byte* name, long* values, nuint* count) =>
        ((delegate* unmanaged<nint, byte*, long*, nuint*, nint>)FunctionTable[KernelInfoGetAttributeArrayInt64Index])(info, name, values, count);

    /// <summary>An operator's attribute of one single.</summary>
    public static nint Attribute(nint info, byte* name, float* value) =>
        ((delegate* unmanaged<nint, byte*, float*, nint>)FunctionTable[KernelInfoGetAttributeFloatIndex])(info, name, value);

    public static nint Input(nint context, int index, nint* value) =>
        ((delegate* unmanaged<nint, nuint, nint*, nint>)FunctionTable[KernelContextGetInputIndex])(context, (nuint)index, value);

    public static nint Output(nint context, int index, long* shape, nuint rank, nint* value) =>
        ((delegate* unmanaged<nint, nuint, long*, nuint, nint*, nint>)FunctionTable[KernelContextGetOutputIndex])(context, (nuint)index, shape, rank, value);

    /// <summary>A tensor's type, and its shape in memory of the tensor's own.</summary>
    public static nint ShapeOf(nint value, int* element, long** shape, nuint* rank) =>
        ((delegate* unmanaged<nint, int*, long**, nuint*, nint>)FunctionTable[GetShapeReferenceIndex])(value, element, shape, rank);

    public static nint Data(nint value, float** data) => ((delegate* unmanaged<nint, float**, nint>)FunctionTable[GetTensorMutableDataIndex])(value, data);

    /// <summary>Calls a function for 0 to <paramref name="count"/> - 1 on the session's threads and waits for all; a single call is made by the caller itself.</summary>
    public static nint Parallel(nint context, delegate* unmanaged<void*, nuint, void> part, int count, void* data)
    {
        if (count == 1)
        {
            part(data, 0);
            return 0;
        }

        return ((delegate* unmanaged<nint, delegate* unmanaged<void*, nuint, void>, nuint, nuint, void*, nint>)FunctionTable[KernelContextParallelForIndex])(
            context, part, (nuint)count, 0, data);
    }

    /// <summary>Throws what a status says and frees it.</summary>
    public static void Check(nint status)
    {
        if (status != 0)
        {
            string message = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<nint, byte*>)FunctionTable[GetErrorMessageIndex])(status)) ?? string.Empty;
            ((delegate* unmanaged<nint, void>)FunctionTable[ReleaseStatusIndex])(status);
            throw new DlpLoraException($"ONNX Runtime refused the LoRA operator ({message})");
        }
    }

    private static void** Table()
    {
        void** table = ((delegate* unmanaged<uint, void**>)OrtGetApiBase()[0])(ApiVersion);
        return table is not null ? table : throw new DlpLoraException($"ONNX Runtime's native library is too old: API version {ApiVersion} is missing");
    }

    [LibraryImport(Diagnostics.OnnxNative.Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static partial void** OrtGetApiBase();
}
