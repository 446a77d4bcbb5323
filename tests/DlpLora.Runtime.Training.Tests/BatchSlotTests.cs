using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Training.Tests;

[TestClass]
public sealed class BatchSlotTests
{
    private const int None = 4;
    private static readonly float[] Scores = [1.2f, -0.7f, 0.4f, 2.1f, 0];

    [TestMethod]
    [DataRow(0, 0, 1f)]
    [DataRow(1, 3, 0.5f)]
    public void TheGradientIsTheSlopeOfTheLoss(int first, int second, float share)
    {
        BatchSlot slot = Slot();
        Loss(slot, first, second, share);
        float[] gradient = [.. slot.Activations.ScoreGradients];
        for (int i = 0; i < None; i++)
        {
            const float Step = 1e-2f;
            slot.Activations.Scores[i] += Step;
            float above = Loss(slot, first, second, share);
            slot.Activations.Scores[i] -= 2 * Step;
            float below = Loss(slot, first, second, share);
            slot.Activations.Scores[i] += Step;
            Assert.AreEqual((above - below) / (2 * Step), gradient[i], 1e-3f);
        }
    }

    [TestMethod]
    public void NoneIsNotTrained()
    {
        BatchSlot slot = Slot();
        Loss(slot, 2, 2, 1);
        Assert.AreEqual(0, slot.Activations.ScoreGradients[None]);
        slot.SetLoss(None, None, 1, smoothing: 0.02f);
        Assert.AreEqual(0, slot.Activations.ScoreGradients[None]);
    }

    [TestMethod]
    public void TheRestLossSaysNothingAboutTheTextsOwnLabels()
    {
        BatchSlot slot = Slot();
        slot.SetLoss(1, 3, 0.5f, smoothing: 0.02f);
        float[] before = [.. slot.Activations.ScoreGradients];
        slot.AddRestLoss(1, 3, 1);
        float[] after = slot.Activations.ScoreGradients;
        Assert.AreEqual(before[1], after[1]);
        Assert.AreEqual(before[3], after[3]);
        Assert.IsGreaterThan(before[0], after[0]);
        Assert.IsGreaterThan(before[2], after[2]);
    }

    [TestMethod]
    public void TheMarginLossFadesAsTheLabelRisesAboveNone()
    {
        BatchSlot slot = Slot();
        float[] losses = [.. ((float[])[-3, 0, 3, 30]).Select(score =>
        {
            slot.Activations.Scores[1] = score;
            slot.SetLoss(1, 1, 1, smoothing: 0);
            float before = slot.Loss;
            slot.AddMarginLoss(1, margin: 2, weight: 1);
            return slot.Loss - before;
        })];
        CollectionAssert.AreEqual(losses.OrderDescending().ToArray(), losses);
        Assert.AreEqual(5, losses[0], 0.01);
        Assert.AreEqual(0, losses[^1], 1e-6);
    }

    private static BatchSlot Slot()
    {
        BatchSlot slot = new(new RouterNetwork(new FeatureRecipe { Rows = 8, Width = 32 }, Scores.Length, [], seed: 1));
        Scores.CopyTo(slot.Activations.Scores, 0);
        return slot;
    }

    private static float Loss(BatchSlot slot, int first, int second, float share)
    {
        slot.SetLoss(first, second, share, smoothing: 0.02f);
        slot.AddRestLoss(first, second, weight: 0.7f);
        slot.AddMarginLoss(first, margin: 2, weight: 0.4f);
        return slot.Loss;
    }
}
