using System.Runtime.InteropServices;

namespace DlpLora.Runtime.Backends.CustomOperators;

/// <summary><c>OrtCustomOp</c> of ONNX Runtime's C API, and behind it our own number.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CustomOp
{
    public uint Version;
    public void* CreateKernel;
    public delegate* unmanaged<CustomOp*, byte*> GetName;
    public delegate* unmanaged<CustomOp*, byte*> GetExecutionProviderType;
    public delegate* unmanaged<CustomOp*, nuint, int> GetInputType;
    public delegate* unmanaged<CustomOp*, nuint> GetInputTypeCount;
    public delegate* unmanaged<CustomOp*, nuint, int> GetOutputType;
    public delegate* unmanaged<CustomOp*, nuint> GetOutputTypeCount;
    public void* KernelCompute;
    public void* KernelDestroy;
    public delegate* unmanaged<CustomOp*, nuint, int> GetInputCharacteristic;
    public delegate* unmanaged<CustomOp*, nuint, int> GetOutputCharacteristic;
    public delegate* unmanaged<CustomOp*, nuint, int> GetInputMemoryType;
    public void* GetVariadicInputMinArity;
    public void* GetVariadicInputHomogeneity;
    public void* GetVariadicOutputMinArity;
    public void* GetVariadicOutputHomogeneity;
    public void* CreateKernelV2;
    public void* KernelComputeV2;
    public void* InferOutputShape;
    public delegate* unmanaged<CustomOp*, int> GetStartVersion;
    public delegate* unmanaged<CustomOp*, int> GetEndVersion;
    public delegate* unmanaged<int**, int**, nuint> GetMayInplace;
    public delegate* unmanaged<int*, int*, void> ReleaseMayInplace;
    public void* GetAliasMap;
    public void* ReleaseAliasMap;
    public int Threads;
}
