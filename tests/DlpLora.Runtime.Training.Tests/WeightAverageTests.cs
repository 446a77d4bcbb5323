using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Training.Tests;

[TestClass]
public sealed class WeightAverageTests
{
    private readonly RouterNetwork _network = new(new FeatureRecipe { Rows = 8, Width = 4 }, scores: 3, hidden: [4], seed: 1);

    [TestMethod]
    public void TheNetworkGetsTheMeanOfWhatWasNoted()
    {
        WeightAverage average = new(_network, steps: 3);
        foreach (float value in (float[])[1, 2, 6])
        {
            Fill(value);
            average.Note();
        }

        average.Apply();
        foreach (float[] values in _network.Arrays())
        {
            Assert.IsTrue(values.All(v => v == 3));
        }
    }

    [TestMethod]
    public void OfManyStepsSomeAreTaken()
    {
        WeightAverage average = new(_network, steps: 1280);
        for (int step = 0; step < 1280; step++)
        {
            Fill(step % 10 == 0 ? 1 : 100);
            average.Note();
        }

        average.Apply();
        Assert.AreEqual(1, _network.Embedding[0], "every tenth");
    }

    [TestMethod]
    public void WithNothingNotedTheNetworkStaysAsItIs()
    {
        Fill(7);
        new WeightAverage(_network, steps: 0).Apply();
        Assert.AreEqual(7, _network.Embedding[0]);
    }

    private void Fill(float value)
    {
        foreach (float[] values in _network.Arrays())
        {
            Array.Fill(values, value);
        }
    }
}
