using DlpLora.Runtime.Fusion.Compression;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace DlpLora.Runtime.Tests.Fusion.Compression;

/// <summary>The decomposition of a product that is never formed, against the decomposition of the product itself by Math.NET.</summary>
[TestClass]
public sealed class LowRankProductTests
{
    [TestMethod]
    [DataRow(1, 1, 1, 1)]
    [DataRow(1, 20, 30, 2)]
    [DataRow(24, 64, 48, 3)]
    [DataRow(16, 17, 5, 4)]
    [DataRow(40, 32, 24, 5)]
    [DataRow(33, 7, 90, 6)]
    public void SingularValuesAreThoseOfTheProduct(int rows, int inputs, int outputs, int seed)
    {
        (double[] a, double[] b) = Factors(rows, inputs, outputs, seed);
        LowRankProduct product = Decomposed(rows, inputs, outputs, a, b);
        double[] expected = Svd(rows, inputs, outputs, a, b).S.AsArray();
        for (int i = 0; i < Math.Max(expected.Length, product.Squares.Length); i++)
        {
            double actual = i < product.Squares.Length ? Math.Sqrt(product.Squares[i]) : 0;
            Assert.AreEqual(i < expected.Length ? expected[i] : 0, actual, 1e-12 * expected[0], $"value {i}");
        }
    }

    [TestMethod]
    [DataRow(24, 64, 48, 7)]
    [DataRow(40, 32, 24, 8)]
    public void NoOtherMatrixOfTheRankIsNearer(int rows, int inputs, int outputs, int seed)
    {
        (double[] a, double[] b) = Factors(rows, inputs, outputs, seed);
        Matrix<double> whole = Product(rows, inputs, outputs, a, b);
        double[] values = whole.Svd(computeVectors: false).S.AsArray();
        for (int rank = 1; rank <= Math.Min(rows, outputs); rank += 5)
        {
            LowRankProduct product = Decomposed(rows, inputs, outputs, a, b);
            float[] lowA = new float[rank * inputs];
            float[] lowB = new float[rank * outputs];
            product.Write(rank, lowA, lowB);
            Matrix<double> low = Product(rank, inputs, outputs, Array.ConvertAll(lowA, v => (double)v), Array.ConvertAll(lowB, v => (double)v));

            // Eckart and Young: the least distance is what the values left out come to.
            double least = Math.Sqrt(values.Skip(rank).Sum(v => v * v));
            Assert.AreEqual(least, (whole - low).FrobeniusNorm(), 1e-5 * values[0], $"rank {rank}");
        }
    }

    [TestMethod]
    public void AMatrixOfKnownValuesIsTakenApart()
    {
        // W = diag(3, 2, 0): the second row twice, with opposite signs on one side, and a row of zeros.
        LowRankProduct product = Decomposed(4, 3, 3, [1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0], [3, 0, 0, 0, 5, 0, 0, -3, 0, 0, 0, 1]);
        CollectionAssert.AreEqual(new[] { 9d, 4, 0 }, product.Squares.ToArray().Select(s => Math.Round(s, 12)).ToArray());
    }

    [TestMethod]
    public void ValuesOfVeryDifferentSizesKeepTheirDigits()
    {
        const int Size = 12;
        double[] a = new double[Size * Size];
        double[] b = new double[Size * Size];
        for (int i = 0; i < Size; i++)
        {
            a[(i * Size) + i] = 1;
            b[(i * Size) + (Size - 1 - i)] = Math.Pow(10, -i);
        }

        LowRankProduct product = Decomposed(Size, Size, Size, a, b);
        for (int i = 0; i < Size; i++)
        {
            Assert.AreEqual(1, Math.Sqrt(product.Squares[i]) * Math.Pow(10, i), 1e-12, $"value {i}");
        }
    }

    [TestMethod]
    public void NothingIsLeftOfAProductOfZeros()
    {
        LowRankProduct product = Decomposed(2, 3, 3, new double[6], [1, 2, 3, 4, 5, 6]);
        Assert.IsTrue(product.Squares.ToArray().All(s => s == 0));
    }

    [TestMethod]
    public void ACancelledDecompositionThrows() =>
        Assert.ThrowsExactly<OperationCanceledException>(() => Decomposed(1, 1, 1, [1], [1], new CancellationToken(canceled: true)));

    private static LowRankProduct Decomposed(int rows, int inputs, int outputs, double[] a, double[] b, CancellationToken cancellation = default)
    {
        // Larger than needed, as for a module that is not the mixture's largest.
        LowRankProduct product = new(rows + 3, inputs + 5, outputs + 7);
        product.Begin(rows, inputs, outputs);
        a.CopyTo(product.A);
        b.CopyTo(product.B);
        product.Decompose(cancellation);
        return product;
    }

    private static (double[] A, double[] B) Factors(int rows, int inputs, int outputs, int seed)
    {
        Random random = new(seed);
        double[] a = [.. Enumerable.Range(0, rows * inputs).Select(_ => random.NextDouble() - 0.5)];
        double[] b = [.. Enumerable.Range(0, rows * outputs).Select(i => (random.NextDouble() - 0.5) * (1 + (i / outputs)))];
        if (rows > 4)
        {
            // A row that depends on others, and one of zeros.
            for (int i = 0; i < inputs; i++)
            {
                a[(3 * inputs) + i] = (2 * a[i]) - a[inputs + i];
            }

            Array.Clear(b, 4 * outputs, outputs);
        }

        return (a, b);
    }

    private static Svd<double> Svd(int rows, int inputs, int outputs, double[] a, double[] b) => Product(rows, inputs, outputs, a, b).Svd(computeVectors: false);

    /// <summary>B^T A, [outputs, inputs].</summary>
    private static Matrix<double> Product(int rows, int inputs, int outputs, double[] a, double[] b) =>
        Matrix<double>.Build.DenseOfRowMajor(rows, outputs, b).TransposeThisAndMultiply(Matrix<double>.Build.DenseOfRowMajor(rows, inputs, a));
}
