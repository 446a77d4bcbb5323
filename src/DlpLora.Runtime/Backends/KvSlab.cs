using DlpLora.Runtime.Models;
using DlpLora.Runtime.Native;

namespace DlpLora.Runtime.Backends;

/// <summary>
/// The keys and values of several sequences: for each layer a block of keys and one of values, each [rows, kv heads, capacity, head size]. Rows i to
/// j of a block are a valid past and present of their own, so neighbouring rows run together without copying.
/// </summary>
internal sealed class KvSlab : IDisposable
{
    private readonly int _heads;
    private readonly int _headSize;
    private NativeBuffer[] _blocks;

    public KvSlab(ModelManifest model, int rows, int capacity)
    {
        _heads = model.KeyValueHeads;
        _headSize = model.HeadSize;
        _blocks = Allocate(2 * model.Layers, rows, capacity);
        Rows = rows;
        Capacity = capacity;
    }

    public int Rows { get; private set; }

    /// <summary>Tokens that a row has room for.</summary>
    public int Capacity { get; private set; }

    /// <summary>Counts how often the addresses changed.</summary>
    public int Version { get; private set; }

    /// <summary>The bytes of one row of one block.</summary>
    public long RowBytes => (long)_heads * Capacity * _headSize * sizeof(float);

    /// <summary>The address of a row: block 2 * layer holds the layer's keys, the one after it its values.</summary>
    public nint Address(int block, int row) => _blocks[block].Address + (nint)(row * RowBytes);

    /// <summary>Makes the slab larger or smaller; rows keep their tokens. Old memory is given back block by block.</summary>
    /// <param name="rows">Rows from now on.</param>
    /// <param name="capacity">Tokens a row from now on; not fewer than a kept row holds.</param>
    /// <param name="lengths">Tokens held by each row to keep; not more rows than before or after.</param>
    public void Resize(int rows, int capacity, ReadOnlySpan<int> lengths)
    {
        NativeBuffer[] blocks = Allocate(_blocks.Length, rows, capacity);
        for (int block = 0; block < blocks.Length; block++)
        {
            for (int row = 0; row < lengths.Length; row++)
            {
                for (int head = 0; head < _heads; head++)
                {
                    Head(_blocks[block], row, head, Capacity, lengths[row]).CopyTo(Head(blocks[block], row, head, capacity, lengths[row]));
                }
            }

            _blocks[block].Dispose();
        }

        _blocks = blocks;
        Rows = rows;
        Capacity = capacity;
        Version++;
    }

    /// <summary>Exchanges two rows.</summary>
    /// <param name="row">A row.</param>
    /// <param name="other">Another row.</param>
    /// <param name="tokens">The tokens that the longer of them holds.</param>
    public void Swap(int row, int other, int tokens)
    {
        foreach (NativeBuffer block in _blocks)
        {
            for (int head = 0; head < _heads; head++)
            {
                Exchange(Head(block, row, head, Capacity, tokens), Head(block, other, head, Capacity, tokens));
            }
        }
    }

    /// <summary>Copies the first tokens of a row to another.</summary>
    public void Copy(int from, int to, int tokens)
    {
        foreach (NativeBuffer block in _blocks)
        {
            for (int head = 0; head < _heads; head++)
            {
                Head(block, from, head, Capacity, tokens).CopyTo(Head(block, to, head, Capacity, tokens));
            }
        }
    }

    public void Dispose()
    {
        foreach (NativeBuffer block in _blocks)
        {
            block.Dispose();
        }
    }

    private NativeBuffer[] Allocate(int blocks, int rows, int capacity)
    {
        NativeBuffer[] allocated = new NativeBuffer[blocks];
        try
        {
            for (int i = 0; i < blocks; i++)
            {
                allocated[i] = NativeBuffer.Allocate(checked((long)rows * _heads * capacity * _headSize * sizeof(float)));
            }

            return allocated;
        }
        catch
        {
            foreach (NativeBuffer? block in allocated)
            {
                block?.Dispose();
            }

            throw;
        }
    }

    /// <summary>The first tokens of one head of a row, [tokens, head size].</summary>
    private Span<float> Head(NativeBuffer block, int row, int head, int capacity, int tokens) =>
        block.Span<float>((((long)row * _heads) + head) * capacity * _headSize * sizeof(float), tokens * _headSize);

    private static void Exchange(Span<float> a, Span<float> b)
    {
        Span<float> kept = stackalloc float[1024];
        while (a.Length > 0)
        {
            int length = Math.Min(kept.Length, a.Length);
            a[..length].CopyTo(kept);
            b[..length].CopyTo(a);
            kept[..length].CopyTo(b);
            a = a[length..];
            b = b[length..];
        }
    }
}
