using System.Numerics.Tensors;

namespace DlpLora.Runtime.Fusion.Compression;

/// <summary>The thin QR decomposition of a matrix that lies by rows: rows = T Q, with orthonormal rows in Q and T lower triangular.</summary>
internal static class OrthonormalRows
{
    /// <summary>What is left of a row, as a share of it, below which the row depends on those before it.</summary>
    private const double Dependent = 1e-12;

    /// <summary>
    /// Modified Gram-Schmidt, twice, which makes Q orthonormal to the last bits (Giraud et al., "The loss of orthogonality in the Gram-Schmidt
    /// orthogonalization process", 2005). Rows that depend on those before them add nothing to Q.
    /// </summary>
    /// <param name="rows">[count, length]; afterwards its first rows are Q, [rank, length].</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="length">The length of a row.</param>
    /// <param name="factors">[count, count], cleared; afterwards T in its first columns.</param>
    /// <returns>The rank: rows of Q, columns of T.</returns>
    public static int Decompose(Span<double> rows, int count, int length, Span<double> factors)
    {
        int rank = 0;
        for (int i = 0; i < count; i++)
        {
            Span<double> row = rows.Slice(i * length, length);
            double before = TensorPrimitives.Norm<double>(row);
            Project(rows, rank, row, factors.Slice(i * count, count));
            Project(rows, rank, row, factors.Slice(i * count, count));
            double left = TensorPrimitives.Norm<double>(row);
            if (left <= Dependent * before)
            {
                continue;
            }

            factors[(i * count) + rank] = left;
            TensorPrimitives.Divide(row, left, rows.Slice(rank * length, length));
            rank++;
        }

        return rank;
    }

    /// <summary>Takes out of a row what the first rows of Q say of it, and adds how much that was.</summary>
    private static void Project(ReadOnlySpan<double> rows, int rank, Span<double> row, Span<double> shares)
    {
        for (int j = 0; j < rank; j++)
        {
            ReadOnlySpan<double> direction = rows.Slice(j * row.Length, row.Length);
            double share = TensorPrimitives.Dot(direction, row);
            shares[j] += share;
            TensorPrimitives.MultiplyAdd(direction, -share, row, row);
        }
    }
}
