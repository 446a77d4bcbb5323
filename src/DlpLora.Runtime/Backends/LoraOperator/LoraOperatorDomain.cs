using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace DlpLora.Runtime.Backends.LoraOperator;

/// <summary>
/// Offers the slot as one operator to a session: <c>dlplora::LoraDelta(y, x, A, B, gate)</c> with the attribute <c>columns</c> (first column and width of
/// each block, in pairs) is <c>y + ((x A^T) * tile(gate, blocks)) B</c>. One node instead of four, in place, on the session's own threads.
/// </summary>
/// <remarks>To be disposed after the sessions that it was added to.</remarks>
internal sealed unsafe class LoraOperatorDomain : IDisposable
{
    private static ReadOnlySpan<byte> DomainName => "dlplora\0"u8;

    private CustomOp* _op;
    private nint _domain;

    /// <param name="threads">Threads inside one run of the session.</param>
    public LoraOperatorDomain(int threads)
    {
        _op = (CustomOp*)NativeMemory.AllocZeroed((nuint)sizeof(CustomOp));
        *_op = new CustomOp
        {
            Version = OrtFunctions.ApiVersion,
            GetName = &LoraNode.Name,
            GetExecutionProviderType = &LoraNode.Provider,
            GetInputType = &LoraNode.ElementType,
            GetInputTypeCount = &LoraNode.InputCount,
            GetOutputType = &LoraNode.ElementType,
            GetOutputTypeCount = &LoraNode.OutputCount,
            KernelDestroy = &LoraNode.Destroy,
            GetInputCharacteristic = &LoraNode.Required,
            GetOutputCharacteristic = &LoraNode.Required,
            GetInputMemoryType = &LoraNode.Required,
            CreateKernelV2 = &LoraNode.Create,
            KernelComputeV2 = &LoraNode.Compute,
            GetStartVersion = &LoraNode.FirstVersion,
            GetEndVersion = &LoraNode.LastVersion,
            GetMayInplace = &LoraNode.MayInplace,
            ReleaseMayInplace = &LoraNode.ReleaseInplace,
            Threads = threads,
        };
        try
        {
            fixed (byte* name = DomainName)
            {
                OrtFunctions.Check(OrtFunctions.CreateDomain(name, out _domain));
            }

            OrtFunctions.Check(OrtFunctions.AddOperator(_domain, _op));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void AddTo(SessionOptions options) => OrtFunctions.Check(OrtFunctions.AddDomain(options.DangerousGetHandle(), _domain));

    public void Dispose()
    {
        if (_domain != 0)
        {
            OrtFunctions.ReleaseDomain(_domain);
            _domain = 0;
        }

        NativeMemory.Free(_op);
        _op = null;
    }

    /// <summary><c>OrtCustomOp</c> of ONNX Runtime's C API, and behind it our own number.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct CustomOp
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
        public delegate* unmanaged<LoraNodeState*, void> KernelDestroy;
        public delegate* unmanaged<CustomOp*, nuint, int> GetInputCharacteristic;
        public delegate* unmanaged<CustomOp*, nuint, int> GetOutputCharacteristic;
        public delegate* unmanaged<CustomOp*, nuint, int> GetInputMemoryType;
        public void* GetVariadicInputMinArity;
        public void* GetVariadicInputHomogeneity;
        public void* GetVariadicOutputMinArity;
        public void* GetVariadicOutputHomogeneity;
        public delegate* unmanaged<CustomOp*, void*, nint, LoraNodeState**, nint> CreateKernelV2;
        public delegate* unmanaged<LoraNodeState*, nint, nint> KernelComputeV2;
        public void* InferOutputShape;
        public delegate* unmanaged<CustomOp*, int> GetStartVersion;
        public delegate* unmanaged<CustomOp*, int> GetEndVersion;
        public delegate* unmanaged<int**, int**, nuint> GetMayInplace;
        public delegate* unmanaged<int*, int*, void> ReleaseMayInplace;
        public void* GetAliasMap;
        public void* ReleaseAliasMap;
        public int Threads;
    }
}
