using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Native;

namespace DlpLora.Runtime.Fusion;

/// <summary>
/// Several adapters stacked by rank for all slots: A = [A_1; A_2; ...] and B = [B_1; B_2; ...] with R rows in all. Exact for adapters of
/// different ranks, alphas, modules and layers. The weights of a mixture are not in it: they are the gate's. Shared by reference count.
/// </summary>
/// <remarks>
/// An adapter has the same rows, as many as its largest rank, in every slot, so that one gate serves the whole graph; where it lacks a
/// module or a layer, or its rank there is smaller, the rows left are zeros. Slots that no adapter touches share one block of zeros.
/// </remarks>
internal sealed class FusedStack : CachedWeights
{
    private readonly NativeBuffer _buffer;
    private readonly (long A, long B)[] _offsets;
    private readonly int[] _firstRows;
    private readonly string[] _digests;

    private FusedStack(string[] digests, WeightElement element, NativeBuffer buffer, (long A, long B)[] offsets, int[] firstRows)
    {
        Key = KeyOf(digests);
        Element = element;
        _digests = digests;
        _buffer = buffer;
        _offsets = offsets;
        _firstRows = firstRows;
    }

    /// <summary>The content's identity: the adapters' digests in the order of their rows.</summary>
    public override string Key { get; }

    /// <summary>The form of A and B (<see cref="SlotLayout"/>), which all adapters of one engine have in common.</summary>
    public WeightElement Element { get; }

    /// <summary>R: the rows of all adapters.</summary>
    public int Rows => _firstRows[^1];

    public override long ByteLength => _buffer.ByteLength;

    /// <summary>How many adapters are stacked.</summary>
    public int Count => _firstRows.Length - 1;

    /// <summary>An adapter's place in the stack, or -1.</summary>
    public int IndexOf(AdapterWeights adapter) => Array.IndexOf(_digests, adapter.Digest);

    /// <summary>The address of a slot's A.</summary>
    public nint A(int slot) => _buffer.Address + (nint)_offsets[slot].A;

    /// <summary>The address of a slot's B.</summary>
    public nint B(int slot) => _buffer.Address + (nint)_offsets[slot].B;

    /// <summary>Writes one gate row, [R]: the weight of an adapter at each of its rows.</summary>
    /// <param name="weights">One weight an adapter, in the order of the stack.</param>
    /// <param name="gate">[R].</param>
    public void WriteGate(ReadOnlySpan<float> weights, Span<float> gate)
    {
        for (int i = 0; i < Count; i++)
        {
            gate[_firstRows[i].._firstRows[i + 1]].Fill(weights[i]);
        }
    }

    public static string KeyOf(ReadOnlySpan<AdapterWeights> adapters) => KeyOf(DigestsOf(adapters));

    public static FusedStack Create(ModelManifest model, ReadOnlySpan<AdapterWeights> adapters)
    {
        int[] firstRows = new int[adapters.Length + 1];
        bool[] touched = new bool[model.Slots.Count];
        for (int i = 0; i < adapters.Length; i++)
        {
            firstRows[i + 1] = checked(firstRows[i] + adapters[i].Rows);
            foreach (AdapterWeights.ModuleWeights module in adapters[i].Modules)
            {
                touched[module.Slot] = true;
            }
        }

        WeightElement element = adapters[0].Element;
        (long A, long B)[] offsets = Layout(model, element, firstRows[^1], touched, out long bytes, out long zeros);
        NativeBuffer buffer = NativeBuffer.Allocate(bytes, PagePool.Shared);
        try
        {
            Fill(model, adapters, firstRows, offsets, bytes - zeros, buffer);
            return new FusedStack(DigestsOf(adapters), element, buffer, offsets, firstRows);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    protected override void Free() => _buffer.Dispose();

    private static string KeyOf(string[] digests) => string.Join('+', digests);

    private static string[] DigestsOf(ReadOnlySpan<AdapterWeights> adapters)
    {
        string[] digests = new string[adapters.Length];
        for (int i = 0; i < digests.Length; i++)
        {
            digests[i] = adapters[i].Digest;
        }

        return digests;
    }

    private static (long A, long B)[] Layout(ModelManifest model, WeightElement element, int rows, bool[] touched, out long bytes, out long zeros)
    {
        (long A, long B)[] offsets = new (long, long)[model.Slots.Count];
        zeros = 0;
        bytes = 0;
        for (int slot = 0; slot < offsets.Length; slot++)
        {
            SlotLayout layout = new(model.Slots[slot], element, rows);
            (long a, long b) = (layout.ABytes, layout.BBytes);
            if (touched[slot])
            {
                offsets[slot] = (bytes, checked(bytes + Aligned(a)));
                bytes = checked(offsets[slot].B + Aligned(b));
            }
            else
            {
                zeros = Math.Max(zeros, Math.Max(a, b));
            }
        }

        for (int slot = 0; slot < offsets.Length; slot++)
        {
            if (!touched[slot])
            {
                offsets[slot] = (bytes, bytes);
            }
        }

        bytes = checked(bytes + zeros);
        return offsets;
    }

    private static long Aligned(long bytes) => (bytes + 63) / 64 * 64;

    /// <summary>Writes slot by slot, so that what is cleared is still in the processor's cache when the rows are copied over it.</summary>
    private static void Fill(ModelManifest model, ReadOnlySpan<AdapterWeights> adapters, int[] firstRows, (long A, long B)[] offsets, long zeros, NativeBuffer buffer)
    {
        int rows = firstRows[^1];
        // Behind the last slot lie the zeros that all slots share that no adapter touches.
        buffer.Span<byte>(zeros, checked((int)(buffer.ByteLength - zeros))).Clear();
        int[] next = new int[adapters.Length];
        for (int slot = 0; slot < offsets.Length; slot++)
        {
            LoraSlot place = model.Slots[slot];
            SlotLayout layout = new(place, adapters[0].Element, rows);
            (long a, long b) = offsets[slot];
            int written = 0;
            for (int i = 0; i < adapters.Length; i++)
            {
                for (int m = next[i]; m < adapters[i].Modules.Length && adapters[i].Modules[m].Slot == slot; m++)
                {
                    written += adapters[i].Modules[m].Rank;
                }
            }

            if (written == 0)
            {
                continue;
            }

            bool filled = written == place.Blocks * rows;
            if (!filled)
            {
                buffer.Span<byte>(a, checked((int)layout.ABytes)).Clear();
            }

            if (!filled || layout.BHasZeros)
            {
                buffer.Span<byte>(b, checked((int)layout.BBytes)).Clear();
            }

            for (int i = 0; i < adapters.Length; i++)
            {
                for (; next[i] < adapters[i].Modules.Length && adapters[i].Modules[next[i]].Slot == slot; next[i]++)
                {
                    Copy(place, layout, adapters[i], adapters[i].Modules[next[i]], firstRows[i], offsets[slot], buffer);
                }
            }
        }
    }

    private static void Copy(
        LoraSlot place,
        in SlotLayout layout,
        AdapterWeights adapter,
        in AdapterWeights.ModuleWeights module,
        int firstRow,
        (long A, long B) offset,
        NativeBuffer buffer)
    {
        SlotModule target = place.Modules[module.Module];

        // The module's rows of A lie together, [rank, inputs]; in B a row is as wide as several modules of the slot.
        ReadOnlySpan<byte> a = adapter.ABytes(module);
        a.CopyTo(buffer.Span<byte>(offset.A + layout.AOffset(target, firstRow), a.Length));
        ReadOnlySpan<byte> b = adapter.BBytes(module);
        int width = b.Length / module.Rank;
        for (int row = 0; row < module.Rank; row++)
        {
            b.Slice(row * width, width).CopyTo(buffer.Span<byte>(offset.B + layout.BOffset(target, firstRow + row), width));
        }
    }
}
