using System.Numerics.Tensors;

namespace DlpLora.Runtime.Fusion.Compression;

/// <summary>
/// A module's weights W = B^T A, of rows R stacked from several adapters, and their best approximation by fewer rows: the singular value decomposition of W, cut off (Eckart and
/// Young 1936). W itself is never formed: A = T_A Q_A and B = T_B Q_B, and W = Q_B^T (T_B^T T_A) Q_A has the singular values of the small matrix in the middle.
/// </summary>
/// <remarks>Computed in double precision. One object for all modules of a mixture, so that its memory is taken once. Not thread-safe.</remarks>
internal sealed class LowRankProduct(int mostRows, int mostInputs, int mostOutputs)
{
    private readonly double[] _a = new double[checked(mostRows * mostInputs)];
    private readonly double[] _b = new double[checked(mostRows * mostOutputs)];
    private readonly double[] _aFactors = new double[checked(mostRows * mostRows)];
    private readonly double[] _bFactors = new double[checked(mostRows * mostRows)];
    private readonly double[] _core = new double[checked(mostRows * mostRows)];
    private readonly double[] _turned = new double[checked(mostRows * mostRows)];
    private readonly double[] _squares = new double[mostRows];
    private readonly int[] _order = new int[mostRows];
    private readonly double[] _image = new double[mostRows];
    private readonly double[] _sum = new double[Math.Max(mostInputs, mostOutputs)];
    private int _rows;
    private int _inputs;
    private int _outputs;
    private int _aRank;
    private int _bRank;

    /// <summary>A, [R, inputs], to be filled before <see cref="Decompose"/>.</summary>
    public Span<double> A => _a.AsSpan(0, _rows * _inputs);

    /// <summary>B, [R, outputs], to be filled before <see cref="Decompose"/>.</summary>
    public Span<double> B => _b.AsSpan(0, _rows * _outputs);

    /// <summary>Squares of W's singular values, the largest first; those left out are 0.</summary>
    public ReadOnlySpan<double> Squares => _squares.AsSpan(0, _bRank);

    /// <summary>Begins a module.</summary>
    public void Begin(int rows, int inputs, int outputs) => (_rows, _inputs, _outputs) = (rows, inputs, outputs);

    /// <summary>Finds the singular values; A and B are used up.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Decompose(CancellationToken cancellation)
    {
        Array.Clear(_aFactors);
        Array.Clear(_bFactors);
        _aRank = OrthonormalRows.Decompose(A, _rows, _inputs, _aFactors);
        _bRank = OrthonormalRows.Decompose(B, _rows, _outputs, _bFactors);
        Span<double> core = _core.AsSpan(0, _bRank * _aRank);
        core.Clear();
        for (int row = 0; row < _rows; row++)
        {
            ReadOnlySpan<double> a = _aFactors.AsSpan(row * _rows, _aRank);
            for (int i = 0; i < _bRank; i++)
            {
                Span<double> sum = core.Slice(i * _aRank, _aRank);
                TensorPrimitives.MultiplyAdd(a, _bFactors[(row * _rows) + i], sum, sum);
            }
        }

        Span<double> turned = _turned.AsSpan(0, core.Length);
        core.CopyTo(turned);
        Span<double> squares = _squares.AsSpan(0, _bRank);
        JacobiRotations.Orthogonalize(turned, _aRank, squares, cancellation);
        Span<int> order = _order.AsSpan(0, _bRank);
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        squares.Sort(order, static (x, y) => y.CompareTo(x));
    }

    /// <summary>Writes the approximation by the largest singular values: A' = V^T Q_A with orthonormal rows, B' = (T V)^T Q_B with the values in it, T being the small matrix.</summary>
    /// <param name="rank">Rows of the approximation; at most the singular values above 0.</param>
    /// <param name="a">[rank, inputs].</param>
    /// <param name="b">[rank, outputs].</param>
    public void Write(int rank, Span<float> a, Span<float> b)
    {
        for (int row = 0; row < rank; row++)
        {
            Span<double> vector = _turned.AsSpan(_order[row] * _aRank, _aRank);
            TensorPrimitives.Divide(vector, Math.Sqrt(_squares[row]), vector);
            Combine(vector, _a, a.Slice(row * _inputs, _inputs));
            Span<double> image = _image.AsSpan(0, _bRank);
            for (int i = 0; i < image.Length; i++)
            {
                image[i] = TensorPrimitives.Dot<double>(_core.AsSpan(i * _aRank, _aRank), vector);
            }

            Combine(image, _b, b.Slice(row * _outputs, _outputs));
        }
    }

    /// <summary>target = factors rows.</summary>
    private void Combine(ReadOnlySpan<double> factors, ReadOnlySpan<double> rows, Span<float> target)
    {
        Span<double> sum = _sum.AsSpan(0, target.Length);
        sum.Clear();
        for (int i = 0; i < factors.Length; i++)
        {
            TensorPrimitives.MultiplyAdd(rows.Slice(i * target.Length, target.Length), factors[i], sum, sum);
        }

        TensorPrimitives.ConvertTruncating<double, float>(sum, target);
    }
}
