using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Fusion.Compression;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Tests.Backends;
using DlpLora.Runtime.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;

namespace DlpLora.Runtime.Tests.Fusion.Compression;

/// <summary>Wide mixtures replaced by one adapter of lower rank: what is lost is told, what need not be lost is not.</summary>
[TestClass]
public sealed class MixtureCompressorTests
{
    private const int Adapters = 14;
    private static readonly int[] Ids = [256, 17, 200, 3, 99, 42, 7, 150, 8, 250];

    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-compression").FullName;

    [TestInitialize]
    public void WriteAdapters()
    {
        for (int i = 0; i < Adapters; i++)
        {
            TinyAdapter.Random(i).Write(Path.Combine(_folder, $"any-{i}"));
            TinyAdapter.Plain(i, rank: 4 + (i % 5)).Write(Path.Combine(_folder, $"qv-{i}"));
            TinyAdapter.Plain(i, rank: 4 + (i % 5), [.. TinyModel.Linear.Select(l => l.Module)]).Write(Path.Combine(_folder, $"all-{i}"));
        }
    }

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("all")]
    [DataRow("qv")]
    [DataRow("any")]
    public void ARankThatTheWeightsCannotExceedLosesNothing(string kind)
    {
        // More rows than any matrix of a module has: their sum has no more than 64 independent ones.
        Mixture mixture = Mix(kind, Adapters);
        foreach (string folder in kind == "qv" ? [TinyModel.Shared.Folder, TinyModel.Shared.QueryValueFolder] : new[] { TinyModel.Shared.Folder })
        {
            using OpenModel model = new(folder, _folder);
            float[] exact = model.Logits(Ids, mixture);
            (float[] actual, MixtureCompression report) = Compressed(model, 64, mixture);
            Assert.IsLessThanOrEqualTo(1e-4f, exact.Zip(actual, (e, a) => Math.Abs(e - a)).Max());
            Assert.AreEqual(0, report.Error, 1e-9);
            Assert.IsGreaterThan(64, report.MixtureRank);
            Assert.IsLessThanOrEqualTo(64, report.Rank);
            Assert.IsGreaterThan(0.01f, model.Logits(Ids, Mixture.Empty).Zip(actual, (p, a) => Math.Abs(p - a)).Max(), "changes nothing");
        }
    }

    [TestMethod]
    [DataRow("all", 3, 8)]
    [DataRow("all", 5, 1)]
    [DataRow("qv", 2, 4)]
    [DataRow("any", 6, 6)]
    public void TheErrorsToldAreThoseOfTheWeights(string kind, int adapters, int rank)
    {
        Mixture mixture = Mix(kind, adapters);
        using OpenModel model = new(TinyModel.Shared.Folder, _folder);
        using RequestMixtures exact = new(model.Adapters, model.Fusion);
        exact.Hold(mixture);
        using MixtureCompressor compressor = new(model.Model, model.Fusion, rank, NullLogger.Instance);
        using RequestMixtures held = new(model.Adapters, model.Fusion, compressor);
        held.Prepare([mixture], CancellationToken.None);
        MixtureCompression report = held.CompressionOf(mixture)!;
        (double Lost, double All) sum = default;
        (double Error, string Name) worst = default;
        foreach (LoraSlot slot in model.Model.Slots)
        {
            foreach (SlotModule module in slot.Modules)
            {
                double[] whole = Weights(model.Model, slot, module, [.. mixture.Adapters.Select(a => (exact[a.Name], a.Weight))]);
                double[] low = Weights(model.Model, slot, module, [(held[held.StandIn(mixture).Adapters[0].Name], 1)]);
                double all = whole.Sum(w => w * w);
                double lost = whole.Zip(low, (w, l) => (w - l) * (w - l)).Sum();
                sum = (sum.Lost + lost, sum.All + all);
                worst = all > 0 && Math.Sqrt(lost / all) > worst.Error ? (Math.Sqrt(lost / all), module.Name) : worst;
            }
        }

        Assert.AreEqual(Math.Sqrt(sum.Lost / sum.All), report.Error, 1e-5);
        Assert.AreEqual(worst.Error, report.WorstModuleError, 1e-5);
        Assert.AreEqual(worst.Name, report.WorstModule);
        Assert.AreEqual(mixture.Adapters.Sum(a => exact[a.Name].Rows), report.MixtureRank);
        Assert.AreEqual(rank, report.Rank);
        Assert.IsGreaterThan(0.1, report.Error, "random weights cannot be had for so little");
    }

    [TestMethod]
    public void EqualContentsAreCompressedOnceAndOthersApart()
    {
        TinyAdapter.Plain(0, rank: 4).Write(Path.Combine(_folder, "twin"));
        using OpenModel model = new(TinyModel.Shared.QueryValueFolder, _folder);
        using MixtureCompressor compressor = new(model.Model, model.Fusion, 8, NullLogger.Instance);
        string[] keys = [.. new[]
        {
            Mixture.Create(new("qv-0", 0.5f), new("qv-1", 0.5f)), Mixture.Create(new("qv-1", 0.5f), new("twin", 0.5f)), Mixture.Create(new("qv-0", 0.5f), new("qv-1", 0.25f)),
        }.Select(mixture =>
        {
            using RequestMixtures held = new(model.Adapters, model.Fusion, compressor);
            held.Prepare([mixture], CancellationToken.None);
            held.Select(mixture);
            Assert.AreEqual(8, held.Stack!.Rows);
            return held.Stack.Key;
        })];
        Assert.AreEqual(keys[0], keys[1]);
        Assert.AreNotEqual(keys[0], keys[2]);
        long bytes = model.Fusion.Bytes;
        using RequestMixtures again = new(model.Adapters, model.Fusion, compressor);
        using RequestMixtures other = new(model.Adapters, model.Fusion, compressor);
        Mixture same = Mixture.Create(new("qv-0", 0.5f), new("qv-1", 0.5f));
        again.Prepare([same], CancellationToken.None);
        other.Prepare([same], CancellationToken.None);
        Assert.AreSame(again[again.StandIn(same).Adapters[0].Name], other[other.StandIn(same).Adapters[0].Name]);
        Assert.AreEqual(bytes, model.Fusion.Bytes);
    }

    [TestMethod]
    public void AMixtureThatIsNarrowEnoughIsLeftAlone()
    {
        using OpenModel model = new(TinyModel.Shared.QueryValueFolder, _folder);
        using MixtureCompressor compressor = new(model.Model, model.Fusion, 9, NullLogger.Instance);
        using RequestMixtures held = new(model.Adapters, model.Fusion, compressor);
        Mixture mixture = Mixture.Create(new("qv-0", 0.5f), new("qv-1", 0.5f));
        held.Prepare([mixture, Mixture.Empty], CancellationToken.None);
        Assert.AreSame(mixture, held.StandIn(mixture));
        Assert.IsNull(held.CompressionOf(mixture));
        Assert.IsNull(held.CompressionOf(Mixture.Empty));
    }

    [TestMethod]
    public void AdaptersThatCancelEachOtherOutAreTheBase()
    {
        TinyAdapter.Plain(0, rank: 4).Write(Path.Combine(_folder, "twin"));
        using OpenModel model = new(TinyModel.Shared.Folder, _folder);
        (float[] actual, MixtureCompression report) = Compressed(model, 2, Mixture.Create(new("qv-0", 1f), new("twin", -1f)));
        CollectionAssert.AreEqual(model.Logits(Ids, Mixture.Empty), actual);
        Assert.AreEqual((0, 0d, 0d, string.Empty), (report.Rank, report.Error, report.WorstModuleError, report.WorstModule));
    }

    [TestMethod]
    public void ACancelledCompressionLeavesNothingBehind()
    {
        using OpenModel model = new(TinyModel.Shared.Folder, _folder);
        using MixtureCompressor compressor = new(model.Model, model.Fusion, 2, NullLogger.Instance);
        using RequestMixtures held = new(model.Adapters, model.Fusion, compressor);
        Mixture mixture = Mix("all", 3);
        Assert.Throws<OperationCanceledException>(() => held.Prepare([mixture], new CancellationToken(canceled: true)));
        Assert.AreSame(mixture, held.StandIn(mixture));
        Assert.AreEqual(0, model.Fusion.Bytes);
        held.Prepare([mixture], CancellationToken.None);
        Assert.IsNotNull(held.CompressionOf(mixture));
    }

    [TestMethod]
    public void PositionsOfSeveralMixturesEqualThePiecesComputedOneAfterAnother()
    {
        using OpenModel model = new(TinyModel.Shared.Folder, _folder);
        using MixtureCompressor compressor = new(model.Model, model.Fusion, 8, NullLogger.Instance);
        Mixture[] pieces = [Mix("all", 3), Mixture.Of("qv-1", 0.5f), Mix("any", 4), Mixture.Empty];
        int[] ends = [3, 5, 8, Ids.Length];
        using RequestMixtures mixtures = new(model.Adapters, model.Fusion, compressor);
        mixtures.Prepare(pieces, CancellationToken.None);
        using IDecoder decoder = model.CreateDecoder(Ids.Length, rows: 1);
        List<float> apart = [];
        for (int i = 0, from = 0; i < pieces.Length; from = ends[i++])
        {
            mixtures.Select(pieces[i]);
            mixtures.WriteGate(pieces[i], decoder.Bind(1, mixtures.Stack, 1));
            apart.AddRange(decoder.Read(0, Ids.AsSpan(from, ends[i] - from), OpenModel.All(ends[i] - from)));
        }

        decoder.Truncate(0, 0);
        mixtures.Select(pieces);
        Span<float> gate = decoder.Bind(1, mixtures.Stack, Ids.Length);
        int rows = gate.Length / Ids.Length;
        for (int i = 0; i < Ids.Length; i++)
        {
            mixtures.WriteGate(pieces[Array.FindIndex(ends, e => i < e)], gate.Slice(i * rows, rows));
        }

        float[] together = decoder.Read(0, Ids, OpenModel.All(Ids.Length)).ToArray();
        Assert.IsLessThanOrEqualTo(1e-4f, apart.Zip(together, (e, a) => Math.Abs(e - a)).Max());
    }

    [TestMethod]
    public void AMixtureThatComesUpLaterComputesExactlyAndBesideItsCompressedSelf()
    {
        using OpenModel model = new(TinyModel.Shared.Folder, _folder);
        using MixtureCompressor compressor = new(model.Model, model.Fusion, 8, NullLogger.Instance);
        Mixture mixture = Mix("all", 2);
        using RequestMixtures prepared = new(model.Adapters, model.Fusion, compressor);
        using RequestMixtures later = new(model.Adapters, model.Fusion, compressor);
        prepared.Prepare([mixture], CancellationToken.None);
        later.Hold(mixture);
        Assert.AreNotEqual(prepared.ContentOf(mixture), later.ContentOf(mixture), "what one has in the KV cache is not the other's");
        using BatchStack batch = new(model.Model);
        batch.Select([prepared, later], [prepared.StandIn(mixture), later.StandIn(mixture)]);
        float[][] gates = [new float[batch.Stack!.Rows], new float[batch.Stack.Rows]];
        prepared.WriteGate(mixture, batch.Stack, gates[0]);
        later.WriteGate(mixture, batch.Stack, gates[1]);
        Assert.AreEqual(8, gates[0].Count(g => g == 1));
        Assert.AreEqual(9, gates[1].Count(g => g != 0));
        Assert.IsTrue(gates[0].Zip(gates[1], (p, l) => p * l).All(x => x == 0));
    }

    private static Mixture Mix(string kind, int adapters) => Mixture.Create([.. Enumerable.Range(0, adapters).Select(i => new WeightedAdapter($"{kind}-{i}", 0.5f - (0.08f * i)))]);

    private static (float[] Logits, MixtureCompression Report) Compressed(OpenModel model, int rank, Mixture mixture)
    {
        using MixtureCompressor compressor = new(model.Model, model.Fusion, rank, NullLogger.Instance);
        using RequestMixtures mixtures = new(model.Adapters, model.Fusion, compressor);
        mixtures.Prepare([mixture], CancellationToken.None);
        mixtures.Select(mixture);
        using IDecoder decoder = model.CreateDecoder(Ids.Length);
        mixtures.WriteGate(mixture, decoder.Bind(1, mixtures.Stack, 1));
        return (decoder.Read(0, Ids, OpenModel.All(Ids.Length)).ToArray(), mixtures.CompressionOf(mixture)!);
    }

    /// <summary>A module's weights, sum of w B^T A, [outputs, inputs].</summary>
    private static double[] Weights(ModelManifest model, LoraSlot slot, SlotModule module, (AdapterWeights Weights, float Factor)[] adapters)
    {
        double[] sum = new double[module.Outputs * slot.Inputs];
        foreach ((AdapterWeights weights, float factor) in adapters)
        {
            foreach (AdapterWeights.ModuleWeights part in weights.Modules)
            {
                if (model.Slots[part.Slot] == slot && slot.Modules[part.Module] == module)
                {
                    ReadOnlySpan<float> a = weights.A(part);
                    ReadOnlySpan<float> b = weights.B(part);
                    for (int row = 0; row < part.Rank; row++)
                    {
                        for (int output = 0; output < module.Outputs; output++)
                        {
                            double left = (double)factor * b[(row * module.Outputs) + output];
                            for (int input = 0; input < slot.Inputs; input++)
                            {
                                sum[(output * slot.Inputs) + input] += left * a[(row * slot.Inputs) + input];
                            }
                        }
                    }
                }
            }
        }

        return sum;
    }
}
