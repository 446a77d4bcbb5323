using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace DlpLora.Runtime.Fusion.Compression;

/// <summary>
/// The singular value decomposition by one-sided Jacobi rotations (Hestenes 1958; the order of the norms after de Rijk 1989): pairs of rows are turned until all are
/// orthogonal to each other. Their norms are then the singular values, their directions the right singular vectors.
/// </summary>
internal static class JacobiRotations
{
    /// <summary>The squared cosine below which two rows count as orthogonal.</summary>
    private const double Orthogonal = 1e-26;

    /// <summary>Squared norms below this share of the largest are rounding.</summary>
    private const double Rounding = 1e-30;

    /// <summary>Seven to ten are usual; the convergence is quadratic.</summary>
    private const int MostSweeps = 60;

    /// <summary>Turns the rows into the right singular vectors times the singular values, the largest first but for rounding.</summary>
    /// <param name="rows">[squares, length].</param>
    /// <param name="length">The length of a row.</param>
    /// <param name="squares">Afterwards the squared singular values.</param>
    /// <param name="cancellation">Looked at before every sweep.</param>
    public static void Orthogonalize(Span<double> rows, int length, Span<double> squares, CancellationToken cancellation)
    {
        bool turned = true;
        for (int sweep = 0; turned && sweep < MostSweeps; sweep++)
        {
            cancellation.ThrowIfCancellationRequested();
            Measure(rows, length, squares);
            turned = Sweep(rows, length, squares);
        }

        Measure(rows, length, squares);
    }

    private static void Measure(ReadOnlySpan<double> rows, int length, Span<double> squares)
    {
        for (int i = 0; i < squares.Length; i++)
        {
            squares[i] = TensorPrimitives.SumOfSquares(rows.Slice(i * length, length));
        }
    }

    /// <summary>Turns every pair of rows once, the longer one to the front. Returns whether one was not orthogonal yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Sweep(Span<double> rows, int length, Span<double> squares)
    {
        bool turned = false;
        double rounding = Rounding * (squares.IsEmpty ? 0 : TensorPrimitives.Max<double>(squares));
        for (int p = 0; p < squares.Length; p++)
        {
            Span<double> first = rows.Slice(p * length, length);
            for (int q = p + 1; q < squares.Length; q++)
            {
                Span<double> second = rows.Slice(q * length, length);
                double product = TensorPrimitives.Dot<double>(first, second);
                if (product * product <= Orthogonal * squares[p] * squares[q] || Math.Min(squares[p], squares[q]) <= rounding)
                {
                    continue;
                }

                turned = true;
                double zeta = (squares[q] - squares[p]) / (2 * product);
                double tangent = Math.CopySign(1, zeta) / (Math.Abs(zeta) + Math.Sqrt(1 + (zeta * zeta)));
                double cosine = 1 / Math.Sqrt(1 + (tangent * tangent));
                (double low, double high) = (squares[p] - (tangent * product), squares[q] + (tangent * product));
                if (low >= high)
                {
                    Turn(first, second, cosine, cosine * tangent);
                    (squares[p], squares[q]) = (low, high);
                }
                else
                {
                    // A quarter turn further, so that the longer of the two comes first.
                    Turn(first, second, cosine * tangent, -cosine);
                    (squares[p], squares[q]) = (high, low);
                }
            }
        }

        return turned;
    }

    /// <summary>first, second = cosine first - sine second, sine first + cosine second.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn(Span<double> first, Span<double> second, double cosine, double sine)
    {
        int width = Vector<double>.Count;
        int i = 0;
        for (; i + width <= first.Length; i += width)
        {
            Vector<double> x = new(first[i..]);
            Vector<double> y = new(second[i..]);
            ((x * cosine) - (y * sine)).CopyTo(first[i..]);
            ((x * sine) + (y * cosine)).CopyTo(second[i..]);
        }

        for (; i < first.Length; i++)
        {
            (first[i], second[i]) = ((cosine * first[i]) - (sine * second[i]), (sine * first[i]) + (cosine * second[i]));
        }
    }
}
