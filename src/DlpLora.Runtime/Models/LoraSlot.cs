namespace DlpLora.Runtime.Models;

/// <summary>
/// One place of the graph where a mixture enters: a group of modules that share an input. With R stacked rows the graph computes
/// <c>y += ((x A^T) * tile(gate, blocks)) B</c>.
/// </summary>
/// <remarks>
/// A is [blocks * R, inputs] and B is [blocks * R, outputs]. A module of block k owns the rows k * R to (k + 1) * R of both, and in B
/// the columns <see cref="SlotModule.Column"/> onward; all other columns of these rows are zeros. One block and one module is the
/// plain form. <see cref="ModelManifest.OperatorSlots"/> may name another form for the graph with the runtime's own operators.
/// </remarks>
public sealed record LoraSlot
{
    /// <summary>The decoder layer, from 0.</summary>
    public required int Layer { get; init; }

    /// <summary>The graph input that takes A, [blocks * R, inputs], float32, row-major.</summary>
    public required string A { get; init; }

    /// <summary>The graph input that takes B, [blocks * R, outputs], float32, row-major.</summary>
    public required string B { get; init; }

    /// <summary>Width of the input that the modules share.</summary>
    public required int Inputs { get; init; }

    /// <summary>Width of the modules' joined output.</summary>
    public required int Outputs { get; init; }

    /// <summary>How many blocks of R rows A and B have.</summary>
    public required int Blocks { get; init; }

    /// <summary>The modules and their places in the blocks.</summary>
    public required IReadOnlyList<SlotModule> Modules { get; init; }
}
