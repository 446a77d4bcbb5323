using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Models;

namespace DlpLora.Runtime.Fusion;

/// <summary>
/// How a slot's A and B lie in a stack of R rows. Singles: A [blocks * R, inputs] and B [blocks * R, outputs], where what is not the block's module's is zeros.
/// bfloat16: the same A, and B [R, widths of the modules together], each module's columns in the order of the blocks: nobody's zeros are stored.
/// </summary>
internal readonly struct SlotLayout(LoraSlot slot, WeightElement element, int rows)
{
    private readonly int _width = element == WeightElement.Single ? slot.Outputs : WidthOf(slot, slot.Blocks);

    private readonly int _bRows = element == WeightElement.Single ? slot.Blocks * rows : rows;

    public (long Rows, long Width) A => ((long)slot.Blocks * rows, slot.Inputs);

    public (long Rows, long Width) B => (_bRows, _width);

    public long ABytes => checked(A.Rows * A.Width * element.Size());

    public long BBytes => checked(B.Rows * B.Width * element.Size());

    /// <summary>Whether B has columns that are no module's.</summary>
    public bool BHasZeros => element == WeightElement.Single && (slot.Blocks > 1 || WidthOf(slot, slot.Blocks) < slot.Outputs);

    /// <summary>The first byte in A of a row of a module.</summary>
    public long AOffset(SlotModule module, int row) => (((long)module.Block * rows) + row) * slot.Inputs * element.Size();

    /// <summary>The first byte in B of a row of a module.</summary>
    public long BOffset(SlotModule module, int row) => element == WeightElement.Single
        ? (((((long)module.Block * rows) + row) * slot.Outputs) + module.Column) * sizeof(float)
        : (((long)row * _width) + WidthOf(slot, module.Block)) * sizeof(ushort);

    /// <summary>The widths of the modules of the first so many blocks together.</summary>
    private static int WidthOf(LoraSlot slot, int blocks)
    {
        int width = 0;
        foreach (SlotModule module in slot.Modules)
        {
            width += module.Block < blocks ? module.Outputs : 0;
        }

        return width;
    }
}
