namespace DlpLora.Runtime.Routing.Prototypes;

/// <summary>
/// Logistic regression of three weights whose logit has a given offset: p = sigmoid(a s + b d + c - offset). Newton's method; the weights
/// are drawn to a prior, which a handful of examples needs.
/// </summary>
internal sealed class OffsetLogistic
{
    private const int Steps = 30;
    private readonly List<Sample> _samples = [];

    public void Add(double words, double vector, double offset, bool positive, double weight) =>
        _samples.Add(new Sample(words, vector, offset, positive ? 1 : 0, weight));

    /// <summary>Fits; the first two weights stay at 0 or above.</summary>
    /// <param name="prior">The weights that they are drawn to.</param>
    /// <param name="strength">How strongly, a weight each.</param>
    public double[] Fit(ReadOnlySpan<double> prior, ReadOnlySpan<double> strength)
    {
        double[] w = [.. prior];
        double[] gradient = new double[3];
        double[,] hessian = new double[3, 3];
        double[] x = [0, 0, 1];
        for (int step = 0; step < Steps; step++)
        {
            Array.Clear(hessian);
            for (int i = 0; i < 3; i++)
            {
                gradient[i] = strength[i] * (w[i] - prior[i]);
                hessian[i, i] = strength[i];
            }

            foreach (Sample sample in _samples)
            {
                x[0] = sample.Words;
                x[1] = sample.Vector;
                double z = (w[0] * x[0]) + (w[1] * x[1]) + w[2] - sample.Offset;
                double p = 1 / (1 + Math.Exp(-Math.Clamp(z, -500, 500)));
                for (int i = 0; i < 3; i++)
                {
                    gradient[i] += sample.Weight * (p - sample.Target) * x[i];
                    for (int j = 0; j < 3; j++)
                    {
                        // A floor keeps a step from flying off where every sample is sure.
                        hessian[i, j] += sample.Weight * Math.Max(p * (1 - p), 0.01) * x[i] * x[j];
                    }
                }
            }

            double[] move = Solve(hessian, gradient);
            for (int i = 0; i < 3; i++)
            {
                w[i] -= move[i];
            }

            w[0] = Math.Max(w[0], 0);
            w[1] = Math.Max(w[1], 0);
        }

        return w;
    }

    /// <summary>Solves the 3 x 3 system by Cramer's rule.</summary>
    private static double[] Solve(double[,] m, double[] y)
    {
        double determinant = Determinant(m);
        double[] x = new double[3];
        for (int column = 0; column < 3; column++)
        {
            double[,] replaced = (double[,])m.Clone();
            for (int row = 0; row < 3; row++)
            {
                replaced[row, column] = y[row];
            }

            x[column] = Determinant(replaced) / determinant;
        }

        return x;
    }

    private static double Determinant(double[,] m) =>
        (m[0, 0] * ((m[1, 1] * m[2, 2]) - (m[1, 2] * m[2, 1])))
        - (m[0, 1] * ((m[1, 0] * m[2, 2]) - (m[1, 2] * m[2, 0])))
        + (m[0, 2] * ((m[1, 0] * m[2, 1]) - (m[1, 1] * m[2, 0])));

    private readonly record struct Sample(double Words, double Vector, double Offset, double Target, double Weight);
}
