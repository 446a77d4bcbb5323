using DlpLora.OnnxExport.Formats;

namespace DlpLora.OnnxExport.Sources;

/// <summary>Reads bytes of a tensor, counted from its first byte.</summary>
internal delegate ReadOnlySpan<byte> TensorBytes(long offset, int length);

/// <summary>
/// A tensor of the source in the Hugging Face layout: rows of outputs, columns of inputs. A vector is one row. Rows may lie in
/// another order in the file, so that quantized blocks stay as they are.
/// </summary>
internal sealed class SourceTensor
{
    private readonly TensorBytes _bytes;
    private readonly Func<int, int>? _storedRow;

    public SourceTensor(string name, IReadOnlyList<long> shape, BlockFormat format, TensorBytes bytes, Func<int, int>? storedRow = null)
    {
        Name = name;
        Shape = shape;
        Format = format;
        // A vector whose elements move (a permuted bias) is read as rows of one element.
        bool movedVector = shape.Count == 1 && storedRow is not null && format.BlockElements == 1;
        Columns = movedVector ? 1 : checked((int)shape[^1]);
        Rows = checked((int)(movedVector ? shape[0] : shape.Take(shape.Count - 1).Aggregate(1L, (a, b) => checked(a * b))));
        RowLength = checked(Columns / format.BlockElements * format.BlockBytes);
        _bytes = bytes;
        _storedRow = storedRow;
    }

    /// <summary>The tensor's name in the Hugging Face model.</summary>
    public string Name { get; }

    public IReadOnlyList<long> Shape { get; }

    public BlockFormat Format { get; }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Bytes of one row.</summary>
    public int RowLength { get; }

    /// <summary>A row's bytes, as the source stores them.</summary>
    public ReadOnlySpan<byte> RowBytes(int row) => StoredRowBytes(_storedRow?.Invoke(row) ?? row);

    /// <summary>The bytes of a row in the file's order.</summary>
    public ReadOnlySpan<byte> StoredRowBytes(int row) => _bytes((long)row * RowLength, RowLength);

    /// <summary>Reads a row as singles.</summary>
    /// <param name="row">The row, from 0.</param>
    /// <param name="values">Receives <see cref="Columns"/> numbers.</param>
    public void ReadRow(int row, Span<float> values) => Format.Decode(RowBytes(row), values[..Columns]);

    /// <summary>Reads all rows, row-major.</summary>
    public float[] ReadAll()
    {
        float[] values = GC.AllocateUninitializedArray<float>(checked(Rows * Columns));
        for (int row = 0; row < Rows; row++)
        {
            ReadRow(row, values.AsSpan(row * Columns, Columns));
        }

        return values;
    }
}
