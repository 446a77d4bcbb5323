namespace DlpLora.Runtime.Routing.Prototypes;

/// <summary>
/// Logistic regression of three weights whose logit has a given offset: p = sigmoid(a s + b d + c - offset). The weights are drawn to a prior, which a
/// handful of examples needs.
/// </summary>
/// <remarks>
/// Newton's method; a step is halved until the loss falls, since a full one can fly off for good where most samples are sure. The loss is convex, so what
/// it settles on is the only answer.
/// </remarks>
internal sealed class OffsetLogistic
{
    private const int Steps = 60;
    private const int Halvings = 40;
    private readonly List<Sample> _samples = [];

    public void Add(double words, double vector, double offset, bool positive, double weight) =>
        _samples.Add(new Sample(words, vector, offset, positive ? 1 : -1, weight));

    /// <summary>Fits; the first two weights stay at 0 or above.</summary>
    /// <param name="prior">The weights that they are drawn to.</param>
    /// <param name="strength">How strongly, a weight each.</param>
    public double[] Fit(ReadOnlySpan<double> prior, ReadOnlySpan<double> strength)
    {
        double[] w = [.. prior];
        double[] next = new double[3];
        double[] gradient = new double[3];
        double[,] hessian = new double[3, 3];
        double loss = Loss(w, prior, strength);
        for (int step = 0; step < Steps; step++)
        {
            Differentiate(w, prior, strength, gradient, hessian);
            for (int i = 0; i < 2; i++)
            {
                // A weight that wants to go below 0 stays there, and the others move as if it were none.
                if (w[i] == 0 && gradient[i] > 0)
                {
                    gradient[i] = 0;
                    for (int j = 0; j < 3; j++)
                    {
                        hessian[i, j] = hessian[j, i] = i == j ? 1 : 0;
                    }
                }
            }

            double[] move = Solve(hessian, gradient);
            double length = 1;
            double reached = double.PositiveInfinity;
            for (int halving = 0; halving < Halvings && !(reached < loss); halving++, length /= 2)
            {
                for (int i = 0; i < 3; i++)
                {
                    next[i] = w[i] - (length * move[i]);
                    next[i] = i < 2 ? Math.Max(next[i], 0) : next[i];
                }

                reached = Loss(next, prior, strength);
            }

            if (!(reached < loss))
            {
                break;
            }

            (w, next) = (next, w);
            loss = reached;
        }

        return w;
    }

    private double Loss(ReadOnlySpan<double> w, ReadOnlySpan<double> prior, ReadOnlySpan<double> strength)
    {
        double loss = 0;
        for (int i = 0; i < 3; i++)
        {
            loss += 0.5 * strength[i] * (w[i] - prior[i]) * (w[i] - prior[i]);
        }

        foreach (Sample sample in _samples)
        {
            // log(1 + exp(-z)), which must not overflow.
            double z = sample.Sign * sample.Logit(w);
            loss += sample.Weight * (Math.Max(-z, 0) + Math.Log(1 + Math.Exp(-Math.Abs(z))));
        }

        return loss;
    }

    private void Differentiate(ReadOnlySpan<double> w, ReadOnlySpan<double> prior, ReadOnlySpan<double> strength, double[] gradient, double[,] hessian)
    {
        Array.Clear(hessian);
        for (int i = 0; i < 3; i++)
        {
            gradient[i] = strength[i] * (w[i] - prior[i]);
            hessian[i, i] = strength[i];
        }

        Span<double> x = stackalloc double[3];
        foreach (Sample sample in _samples)
        {
            (x[0], x[1], x[2]) = (sample.Words, sample.Vector, 1);
            double p = 1 / (1 + Math.Exp(-Math.Clamp(sample.Logit(w), -500, 500)));
            double error = p - (sample.Sign > 0 ? 1 : 0);
            for (int i = 0; i < 3; i++)
            {
                gradient[i] += sample.Weight * error * x[i];
                for (int j = 0; j < 3; j++)
                {
                    hessian[i, j] += sample.Weight * p * (1 - p) * x[i] * x[j];
                }
            }
        }
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

    /// <param name="Words">What the first weight is multiplied by.</param>
    /// <param name="Vector">What the second one is multiplied by.</param>
    /// <param name="Offset">What the logit is less by.</param>
    /// <param name="Sign">1 for the label's texts, -1 for others.</param>
    /// <param name="Weight">How often the sample counts.</param>
    private readonly record struct Sample(double Words, double Vector, double Offset, int Sign, double Weight)
    {
        public double Logit(ReadOnlySpan<double> w) => (w[0] * Words) + (w[1] * Vector) + w[2] - Offset;
    }
}
