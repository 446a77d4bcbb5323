using System.Numerics.Tensors;

namespace DlpLora.Runtime.Routing.Prototypes;

/// <summary>The covariance of pooled vectors around their labels' means, with a share of its mean variance on the diagonal; solves for directions.</summary>
internal sealed class ShrunkCovariance
{
    private readonly int _width;
    private readonly double[] _factor; // [width, width], the lower Cholesky factor

    /// <param name="deviations">Vectors less the mean of their label, each [width].</param>
    /// <param name="width">Their length.</param>
    /// <param name="shrinkage">The share of the mean variance that is added to the diagonal.</param>
    public ShrunkCovariance(IReadOnlyList<float[]> deviations, int width, double shrinkage)
    {
        _width = width;
        double[] sum = new double[width * width];
        foreach (float[] x in deviations)
        {
            for (int i = 0; i < width; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    sum[(i * width) + j] += (double)x[i] * x[j];
                }
            }
        }

        double mean = 0;
        for (int i = 0; i < width; i++)
        {
            mean += sum[(i * width) + i] / width;
        }

        for (int i = 0; i < width; i++)
        {
            sum[(i * width) + i] += (shrinkage * mean) + 1e-9;
        }

        _factor = Factorize(sum, width);
        double scale = Math.Sqrt(Math.Max(1, deviations.Count));
        TensorPrimitives.Divide(_factor, scale, _factor);
    }

    /// <summary>The direction C^-1 x.</summary>
    public float[] Solve(ReadOnlySpan<float> x)
    {
        double[] y = new double[_width];
        for (int i = 0; i < _width; i++)
        {
            double value = x[i];
            for (int j = 0; j < i; j++)
            {
                value -= _factor[(i * _width) + j] * y[j];
            }

            y[i] = value / _factor[(i * _width) + i];
        }

        float[] result = new float[_width];
        for (int i = _width - 1; i >= 0; i--)
        {
            double value = y[i];
            for (int j = i + 1; j < _width; j++)
            {
                value -= _factor[(j * _width) + i] * y[j];
            }

            y[i] = value / _factor[(i * _width) + i];
            result[i] = (float)y[i];
        }

        return result;
    }

    private static double[] Factorize(double[] a, int width)
    {
        double[] l = new double[width * width];
        for (int i = 0; i < width; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double value = a[(i * width) + j];
                for (int k = 0; k < j; k++)
                {
                    value -= l[(i * width) + k] * l[(j * width) + k];
                }

                l[(i * width) + j] = i == j ? Math.Sqrt(Math.Max(value, 1e-12)) : value / l[(j * width) + j];
            }
        }

        return l;
    }
}
