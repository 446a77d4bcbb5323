namespace DlpLora.Runtime.Tests;

[TestClass]
public sealed class DlpLoraOptionsTests
{
    [TestMethod]
    [DataRow(null, 1L << 30, 64L << 20, DisplayName = "a sixteenth of the weights")]
    [DataRow(null, 0L, 8L << 20, DisplayName = "of a small model 8 MiB")]
    [DataRow(0L, 1L << 30, 0L, DisplayName = "none")]
    [DataRow(100L, 1L << 30, 100L, DisplayName = "as many as are asked for")]
    public void SoManyBytesOfAdaptersAreKept(long? option, long weights, long expected) =>
        Assert.AreEqual(expected, new DlpLoraOptions { AdapterBudgetBytes = option }.AdapterBudget(weights));
}
