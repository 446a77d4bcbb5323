using System.Runtime.InteropServices;
using DlpLora.Runtime.Backends.BlockOperator;
using DlpLora.Runtime.Backends.LoraOperator;
using Microsoft.ML.OnnxRuntime;

namespace DlpLora.Runtime.Backends.CustomOperators;

/// <summary>
/// Offers the runtime's own operators to a session. <c>dlplora::LoraDelta(y, x, A, B, gate)</c> with the attribute <c>columns</c> (first column and width of
/// each block, in pairs) is <c>y + ((x A^T) * tile(gate, blocks)) B</c>. One node instead of four, in place, on the session's own threads.
/// <c>dlplora::BlockProduct(x, tiles)</c> is x W^T over weights of 4 or 8 bits (<see cref="BlockWeights"/>).
/// </summary>
/// <remarks>To be disposed after the sessions that it was added to.</remarks>
internal sealed unsafe class OperatorDomain : IDisposable
{
    private static ReadOnlySpan<byte> DomainName => "dlplora\0"u8;

    private CustomOp* _op;
    private CustomOp* _product;
    private nint _domain;

    /// <summary>Whether this processor can compute all operators: x64 with AVX2.</summary>
    public static bool IsSupported => BlockKernel256.IsSupported;

    /// <param name="threads">Threads inside one run of the session.</param>
    public OperatorDomain(int threads)
    {
        _op = (CustomOp*)NativeMemory.AllocZeroed((nuint)sizeof(CustomOp));
        *_op = new CustomOp
        {
            Version = OrtFunctions.ApiVersion,
            GetName = &LoraNode.Name,
            GetExecutionProviderType = &OperatorCallbacks.Provider,
            GetInputType = &OperatorCallbacks.FloatType,
            GetInputTypeCount = &LoraNode.InputCount,
            GetOutputType = &OperatorCallbacks.FloatType,
            GetOutputTypeCount = &OperatorCallbacks.OutputCount,
            KernelDestroy = (delegate* unmanaged<LoraNodeState*, void>)&LoraNode.Destroy,
            GetInputCharacteristic = &OperatorCallbacks.Required,
            GetOutputCharacteristic = &OperatorCallbacks.Required,
            GetInputMemoryType = &OperatorCallbacks.Required,
            CreateKernelV2 = (delegate* unmanaged<CustomOp*, void*, nint, LoraNodeState**, nint>)&LoraNode.Create,
            KernelComputeV2 = (delegate* unmanaged<LoraNodeState*, nint, nint>)&LoraNode.Compute,
            GetStartVersion = &OperatorCallbacks.FirstVersion,
            GetEndVersion = &OperatorCallbacks.LastVersion,
            GetMayInplace = &LoraNode.MayInplace,
            ReleaseMayInplace = &LoraNode.ReleaseInplace,
            Threads = threads,
        };
        _product = (CustomOp*)NativeMemory.AllocZeroed((nuint)sizeof(CustomOp));
        *_product = *_op;
        _product->GetName = &BlockNode.Name;
        _product->GetInputType = &BlockNode.InputType;
        _product->GetInputTypeCount = &BlockNode.InputCount;
        _product->KernelDestroy = (delegate* unmanaged<CustomOp*, void>)&BlockNode.Destroy;
        _product->CreateKernelV2 = (delegate* unmanaged<CustomOp*, void*, nint, CustomOp**, nint>)&BlockNode.Create;
        _product->KernelComputeV2 = (delegate* unmanaged<CustomOp*, nint, nint>)&BlockNode.Compute;
        _product->GetMayInplace = null;
        _product->ReleaseMayInplace = null;
        try
        {
            fixed (byte* name = DomainName)
            {
                OrtFunctions.Check(OrtFunctions.CreateDomain(name, out _domain));
            }

            OrtFunctions.Check(OrtFunctions.AddOperator(_domain, _op));
            OrtFunctions.Check(OrtFunctions.AddOperator(_domain, _product));
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
        NativeMemory.Free(_product);
        _op = null;
        _product = null;
    }
}
