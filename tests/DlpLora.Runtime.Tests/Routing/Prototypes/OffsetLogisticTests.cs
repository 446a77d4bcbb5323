using DlpLora.Runtime.Routing.Prototypes;

namespace DlpLora.Runtime.Tests.Routing.Prototypes;

[TestClass]
public sealed class OffsetLogisticTests
{
    private static readonly double[] Prior = [0.3, 0.1, 0];
    private static readonly double[] Strength = [0.1, 0.1, 0.01];

    [TestMethod]
    public void FindsTheMinimumWhereFullStepsFlyOff()
    {
        // Long texts: large values, other labels that are sure of most of theirs, and one that is not.
        List<(double Words, double Vector, double Offset, int Sign)> samples =
        [
            .. Enumerable.Range(0, 10).Select(i => (22.0 + (i % 3), 9.0 + (i % 2), 0.5, 1)),
            .. Enumerable.Range(0, 400).Select(i => ((i % 7) / 3.0, (i % 11) - 6.0, 12.0 + (i % 5), -1)),
            (14, 6, 0.1, -1),
        ];
        OffsetLogistic logistic = new();
        foreach ((double words, double vector, double offset, int sign) in samples)
        {
            logistic.Add(words, vector, offset, sign > 0, weight: 1);
        }

        double[] found = logistic.Fit(Prior, Strength);
        double least = Loss(found);
        Assert.IsLessThan(Loss(Prior), least);
        for (int i = 0; i < 3; i++)
        {
            foreach (double move in (double[])[-0.01, 0.01])
            {
                double[] near = [.. found];
                near[i] += move;
                Assert.IsTrue(near[i] < 0 || Loss(near) >= least, $"weight {i} moved by {move}");
            }
        }

        double Loss(double[] w) => samples.Sum(s => Math.Log(1 + Math.Exp(-s.Sign * ((w[0] * s.Words) + (w[1] * s.Vector) + w[2] - s.Offset))))
            + Enumerable.Range(0, 3).Sum(i => 0.5 * Strength[i] * Math.Pow(w[i] - Prior[i], 2));
    }

    [TestMethod]
    public void AWeightThatSpeaksAgainstTheLabelIsNone()
    {
        OffsetLogistic logistic = new();
        for (int i = 0; i < 20; i++)
        {
            logistic.Add(words: 1, vector: -5, offset: 0, positive: true, weight: 1);
            logistic.Add(words: -1, vector: 5, offset: 0, positive: false, weight: 1);
        }

        double[] found = logistic.Fit(Prior, Strength);
        Assert.AreEqual(0.0, found[1]);
        Assert.IsGreaterThan(0.3, found[0]);
    }
}
