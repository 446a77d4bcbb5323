using DlpLora.OnnxExport.Sources;

namespace DlpLora.OnnxExport.Quantization;

/// <summary>Tensors of the source that share an input, stacked by rows: [outputs, inputs].</summary>
internal sealed class WeightMatrix
{
    private readonly SourceTensor[] _parts;

    public WeightMatrix(params ReadOnlySpan<SourceTensor> parts)
    {
        _parts = parts.ToArray();
        Columns = _parts[0].Columns;
        foreach (SourceTensor part in _parts)
        {
            Rows = checked(Rows + part.Rows);
        }
    }

    /// <summary>The number of outputs.</summary>
    public int Rows { get; }

    /// <summary>The number of inputs.</summary>
    public int Columns { get; }

    /// <summary>Reads a row as singles.</summary>
    public void ReadRow(int row, Span<float> values)
    {
        (SourceTensor part, int inPart) = Locate(row);
        part.ReadRow(inPart, values);
    }

    /// <summary>The tensor that holds a row, and the row's place in it.</summary>
    public (SourceTensor Part, int Row) Locate(int row)
    {
        foreach (SourceTensor part in _parts)
        {
            if (row < part.Rows)
            {
                return (part, row);
            }

            row -= part.Rows;
        }

        throw new ArgumentOutOfRangeException(nameof(row));
    }

    /// <summary>Reads all rows, row-major.</summary>
    public float[] ReadAll()
    {
        float[] values = GC.AllocateUninitializedArray<float>(checked(Rows * Columns));
        Parallel.For(0, Rows, row => ReadRow(row, values.AsSpan(row * Columns, Columns)));
        return values;
    }
}
