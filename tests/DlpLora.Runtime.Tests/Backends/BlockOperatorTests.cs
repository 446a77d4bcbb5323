using DlpLora.OnnxExport;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Tests.Fixtures;
using DlpLora.Testing;

namespace DlpLora.Runtime.Tests.Backends;

[TestClass]
public sealed class BlockOperatorTests
{
    private static readonly int[] Ids = [1, 17, 200, 3, 99, 42, 7, 150, 8, 250, 31];

    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-blocks").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow(Precision.Int4, SlotScope.Attention, 1, false)]
    [DataRow(Precision.Int4, SlotScope.Attention, 2, false)]
    [DataRow(Precision.Int4, SlotScope.Attention, 5, true)]
    [DataRow(Precision.Int8, SlotScope.None, 1, false)]
    [DataRow(Precision.Int8, SlotScope.None, 2, true)]
    public void ProductsOfBlocksAreThoseOfThePlainGraph(Precision precision, SlotScope slots, int threads, bool bias)
    {
        string folder = Export(precision, slots, bias);
        string plainFolder = TinyModel.Copy(folder, Path.Combine(_folder, "plain"));
        (ModelManifest.Load(plainFolder) with { OperatorGraph = null }).Save(plainFolder);
        using OpenModel plain = new(plainFolder);
        using OpenModel own = new(folder, threads: threads);
        float[] expected = plain.Logits(Ids, Mixture.Empty);
        float[] actual = own.Logits(Ids, Mixture.Empty);

        // Both compute with 8-bit inputs, but the plain graph also encodes the means that carry the minima of 4-bit weights.
        double error = Math.Sqrt(expected.Zip(actual, (e, a) => Math.Pow(e - a, 2)).Sum());
        double size = Math.Sqrt(expected.Sum(e => (double)e * e));
        Assert.IsLessThan(0.06, error / size);
        Assert.IsGreaterThan(0, error, "the graphs are the same");
    }

    private string Export(Precision precision, SlotScope slots, bool bias)
    {
        TinyLlama.Write(Path.Combine(_folder, "source"), 7, new TinyLlamaOptions { AttentionBias = bias });
        string folder = Path.Combine(_folder, "model");
        ModelExporter.Export(Path.Combine(_folder, "source"), folder, new ExportOptions { Precision = precision, Slots = slots });
        return folder;
    }
}
