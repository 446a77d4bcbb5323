using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DlpLora.Runtime.Routing;

/// <summary>Adds up the embedding rows of a text's features in integers, so that the sum is exact and does not depend on the machine.</summary>
/// <remarks>Rows are gathered in chunks: 255 rows of signed bytes cannot overflow a 16-bit sum.</remarks>
internal ref struct RowAccumulator : IFeatureSink
{
    public const int ChunkSize = 255;

    private readonly ReadOnlySpan<sbyte> _table; // [rows, width]
    private readonly Span<int> _sums; // [width]
    private readonly Span<int> _chunk; // [ChunkSize], offsets of rows
    private readonly int _rows;
    private int _pending;

    public RowAccumulator(ReadOnlySpan<sbyte> table, int rows, Span<int> sums, Span<int> chunk)
    {
        _table = table;
        _rows = rows;
        _sums = sums;
        _chunk = chunk[..ChunkSize];
        sums.Clear();
    }

    /// <summary>The features added so far.</summary>
    public int Count { get; private set; }

    public void Add(uint hash)
    {
        _chunk[_pending++] = FeatureExtractor.Row(hash, _rows) * _sums.Length;
        if (_pending == ChunkSize)
        {
            Flush();
        }
    }

    /// <summary>Brings the sums up to date.</summary>
    public void Flush()
    {
        ReadOnlySpan<int> offsets = _chunk[.._pending];
        Count += _pending;
        _pending = 0;
        ref sbyte table = ref MemoryMarshal.GetReference(_table);
        ref int sums = ref MemoryMarshal.GetReference(_sums);
        for (int column = 0; column < _sums.Length; column += 32)
        {
            Vector256<short> low = Vector256<short>.Zero;
            Vector256<short> high = Vector256<short>.Zero;
            foreach (int offset in offsets)
            {
                // The offset is a row below the table's row count times its width, so this stays inside the table.
                (Vector256<short> lower, Vector256<short> upper) = Vector256.Widen(
                    Vector256.LoadUnsafe(ref Unsafe.Add(ref table, offset + column)));
                low += lower;
                high += upper;
            }

            Spread(low, ref Unsafe.Add(ref sums, column));
            Spread(high, ref Unsafe.Add(ref sums, column + 16));
        }
    }

    private static void Spread(Vector256<short> values, ref int sums)
    {
        (Vector256<int> lower, Vector256<int> upper) = Vector256.Widen(values);
        (Vector256.LoadUnsafe(ref sums) + lower).StoreUnsafe(ref sums);
        ref int second = ref Unsafe.Add(ref sums, 8);
        (Vector256.LoadUnsafe(ref second) + upper).StoreUnsafe(ref second);
    }
}
