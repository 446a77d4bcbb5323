using System.Runtime.InteropServices;
using DlpLora.Runtime.Backends.AttentionOperator;
using DlpLora.Runtime.Backends.BlockOperator;
using DlpLora.Runtime.Backends.LoraOperator;
using DlpLora.Runtime.Backends.SwiGluOperator;
using Microsoft.ML.OnnxRuntime;

namespace DlpLora.Runtime.Backends.CustomOperators;

/// <summary>
/// Offers the runtime's own operators to a session. <c>dlplora::LoraDelta(y, x, A, B, gate)</c> with the attribute <c>columns</c> (first column and width of
/// each block, in pairs) is <c>y + ((x A^T) * tile(gate, blocks)) B</c>. One node instead of four, in place, on the session's own threads.
/// <c>dlplora::BlockProduct(x, tiles)</c> is x W^T over weights of 4 or 8 bits (<see cref="BlockWeights"/>). <c>dlplora::SwiGlu(x)</c> is silu(gate) * up, both
/// side by side in x. <c>dlplora::Attention</c> is <c>GroupQueryAttention</c> as the exporter uses it (<see cref="AttentionNode"/>).
/// </summary>
/// <remarks>To be disposed after the sessions that it was added to.</remarks>
internal sealed unsafe class OperatorDomain : IDisposable
{
    private static ReadOnlySpan<byte> DomainName => "dlplora\0"u8;

    private CustomOp*[] _operators;
    private nint _domain;

    /// <summary>Whether this processor can compute all operators: x64 with AVX2.</summary>
    public static bool IsSupported => BlockKernel256.IsSupported;

    /// <param name="threads">Threads inside one run of the session.</param>
    public OperatorDomain(int threads)
    {
        CustomOp common = new()
        {
            Version = OrtFunctions.ApiVersion,
            GetExecutionProviderType = &OperatorCallbacks.Provider,
            GetInputType = &OperatorCallbacks.FloatType,
            GetOutputType = &OperatorCallbacks.FloatType,
            GetOutputTypeCount = &OperatorCallbacks.OutputCount,
            CreateKernelV2 = (delegate* unmanaged<CustomOp*, void*, nint, CustomOp**, nint>)&OperatorCallbacks.CreateStateless,
            KernelDestroy = (delegate* unmanaged<CustomOp*, void>)&OperatorCallbacks.DestroyStateless,
            GetInputCharacteristic = &OperatorCallbacks.Required,
            GetOutputCharacteristic = &OperatorCallbacks.Required,
            GetInputMemoryType = &OperatorCallbacks.Required,
            GetStartVersion = &OperatorCallbacks.FirstVersion,
            GetEndVersion = &OperatorCallbacks.LastVersion,
            Threads = threads,
        };
        _operators =
        [
            Copy(common with
            {
                GetName = &LoraNode.Name,
                GetInputType = &LoraNode.InputType,
                GetInputTypeCount = &LoraNode.InputCount,
                CreateKernelV2 = (delegate* unmanaged<CustomOp*, void*, nint, LoraNodeState**, nint>)&LoraNode.Create,
                KernelDestroy = (delegate* unmanaged<LoraNodeState*, void>)&LoraNode.Destroy,
                KernelComputeV2 = (delegate* unmanaged<LoraNodeState*, nint, nint>)&LoraNode.Compute,
                GetMayInplace = &LoraNode.MayInplace,
                ReleaseMayInplace = &LoraNode.ReleaseInplace,
            }),
            Copy(common with
            {
                GetName = &BlockNode.Name,
                GetInputType = &BlockNode.InputType,
                GetInputTypeCount = &BlockNode.InputCount,
                KernelComputeV2 = (delegate* unmanaged<CustomOp*, nint, nint>)&BlockNode.Compute,
            }),
            Copy(common with
            {
                GetName = &SwiGluNode.Name,
                GetInputTypeCount = &SwiGluNode.InputCount,
                KernelComputeV2 = (delegate* unmanaged<CustomOp*, nint, nint>)&SwiGluNode.Compute,
            }),
            Copy(common with
            {
                GetName = &AttentionNode.Name,
                GetInputType = &AttentionNode.InputType,
                GetInputTypeCount = &AttentionNode.InputCount,
                GetOutputTypeCount = &AttentionNode.OutputCount,
                CreateKernelV2 = (delegate* unmanaged<CustomOp*, void*, nint, AttentionNodeState**, nint>)&AttentionNode.Create,
                KernelDestroy = (delegate* unmanaged<AttentionNodeState*, void>)&AttentionNode.Destroy,
                KernelComputeV2 = (delegate* unmanaged<AttentionNodeState*, nint, nint>)&AttentionNode.Compute,
            }),
        ];
        try
        {
            fixed (byte* name = DomainName)
            {
                OrtFunctions.Check(OrtFunctions.CreateDomain(name, out _domain));
            }

            foreach (CustomOp* added in _operators)
            {
                OrtFunctions.Check(OrtFunctions.AddOperator(_domain, added));
            }
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

        foreach (CustomOp* op in _operators)
        {
            NativeMemory.Free(op);
        }

        _operators = [];
    }

    /// <summary>An operator where ONNX Runtime can find it for as long as the domain lives.</summary>
    private static CustomOp* Copy(in CustomOp op)
    {
        CustomOp* copy = (CustomOp*)NativeMemory.Alloc((nuint)sizeof(CustomOp));
        *copy = op;
        return copy;
    }
}
