using DlpLora.OnnxExport.Tests.Graphs;
using DlpLora.Testing;

namespace DlpLora.OnnxExport.Tests.Quantization;

[TestClass]
public sealed class PrecisionTests
{
    [TestMethod]
    [DataRow(Precision.Int8, 0.05)]
    [DataRow(Precision.Int4, 0.05)]
    public void QuantizedSmolLm2StaysCloseToFp32(Precision precision, double limit)
    {
        int[] ids = [1, 9690, 198, 2683, 359, 253, 5356, 5646, 11173, 3365, 3511, 308, 34519, 28, 7018, 411, 407, 19712, 8182, 2, 198, 1, 4093, 198, 1780, 314, 260, 3575, 282, 4649, 47, 2, 198, 1, 520, 9531, 198];
        using PlainGraph exact = new(TestModels.SmolLm2(Precision.Fp32));
        using PlainGraph quantized = new(TestModels.SmolLm2(precision));
        double divergence = Divergence.Mean(exact.Logits(ids), quantized.Logits(ids), exact.Manifest.VocabularySize);
        Assert.IsLessThan(limit, divergence);
        Assert.IsGreaterThan(0, divergence);
    }
}
