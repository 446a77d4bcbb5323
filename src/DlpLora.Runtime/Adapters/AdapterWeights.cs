using DlpLora.Runtime.Native;

namespace DlpLora.Runtime.Adapters;

/// <summary>An adapter's weights in native memory, in the form that the graph takes, with the scale already in B. Shared by reference count.</summary>
internal sealed class AdapterWeights : RefCounted
{
    private readonly NativeBuffer _buffer;
    private readonly ModuleWeights[] _modules;

    public AdapterWeights(NativeBuffer buffer, WeightElement element, ModuleWeights[] modules, int rows, string digest)
    {
        _buffer = buffer;
        _modules = modules;
        Element = element;
        Rows = rows;
        Digest = digest;
    }

    public WeightElement Element { get; }

    /// <summary>The adapter's rows in every slot: its largest rank.</summary>
    public int Rows { get; }

    /// <summary>SHA-256 over the modules' names, ranks, scales and weights as stored, hexadecimal.</summary>
    public string Digest { get; }

    public long ByteLength => _buffer.ByteLength;

    /// <summary>The modules that the adapter changes, in the order of the slots.</summary>
    public ReadOnlySpan<ModuleWeights> Modules => _modules;

    /// <summary>The bytes of A's rows, [rank, inputs].</summary>
    public ReadOnlySpan<byte> ABytes(in ModuleWeights module) => _buffer.Span<byte>(module.AOffset, module.Rank * module.Inputs * Element.Size());

    /// <summary>The bytes of the rows of B, scaled and transposed, [rank, outputs].</summary>
    public ReadOnlySpan<byte> BBytes(in ModuleWeights module) => _buffer.Span<byte>(module.BOffset, module.Rank * module.Outputs * Element.Size());

    /// <summary>A as singles, [rank, inputs].</summary>
    public float[] A(in ModuleWeights module) => Element.ToSingles(ABytes(module), module.Inputs);

    /// <summary>B scaled and transposed as singles, [rank, outputs].</summary>
    public float[] B(in ModuleWeights module) => Element.ToSingles(BBytes(module), module.Outputs);

    protected override void Free() => _buffer.Dispose();

    /// <summary>Where a module's weights lie.</summary>
    /// <param name="Slot">The slot's index in the manifest.</param>
    /// <param name="Module">The module's index in the slot.</param>
    /// <param name="Rank">Rows of A and B; at most the adapter's rows.</param>
    /// <param name="Inputs">Width of A.</param>
    /// <param name="Outputs">Width of B.</param>
    /// <param name="AOffset">First byte of A in the buffer.</param>
    /// <param name="BOffset">First byte of B in the buffer.</param>
    internal readonly record struct ModuleWeights(int Slot, int Module, int Rank, int Inputs, int Outputs, long AOffset, long BOffset);
}
