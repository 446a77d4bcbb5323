using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Tests.Backends;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Fusion;

/// <summary>Mixtures inside the running model against weights merged beforehand, and against themselves.</summary>
[TestClass]
public sealed class FusedMixtureTests
{
    private const float Tolerance = 1e-4f;
    private static readonly int[] Ids = [256, 17, 200, 3, 99, 42, 7, 150, 8, 250];

    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-fusion").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void BaseEqualsTheWrittenOutArithmetic()
    {
        using OpenModel model = new(TinyModel.Shared.Folder);
        AssertNear(new NaiveLlama().Logits(Ids), model.Logits(Ids, Mixture.Empty), "base");
    }

    [TestMethod]
    public void TwoHundredRandomMixturesEqualMergedWeights()
    {
        const int Adapters = 40;
        TinyAdapter[] adapters = [.. Enumerable.Range(0, Adapters).Select(TinyAdapter.Random)];
        for (int i = 0; i < Adapters; i++)
        {
            adapters[i].Write(Path.Combine(_folder, $"a{i}"));
        }

        using OpenModel model = new(TinyModel.Shared.Folder, _folder);
        float[] plain = model.Logits(Ids, Mixture.Empty);
        Random random = new(7);
        for (int run = 0; run < 200; run++)
        {
            int[] chosen = [.. Enumerable.Range(0, Adapters).OrderBy(_ => random.Next()).Take(random.Next(1, 5))];
            (TinyAdapter Adapter, float Weight)[] weighted = [.. chosen.Select(i => (adapters[i], (float)((random.NextDouble() * 1.5) - 0.3)))];
            Mixture mixture = Mixture.Create([.. chosen.Zip(weighted, (i, w) => new WeightedAdapter($"a{i}", w.Weight))]);
            float[] actual = model.Logits(Ids, mixture);
            AssertNear(new NaiveLlama(weighted).Logits(Ids), actual, $"mixture {run}: {mixture}");
            Assert.IsGreaterThan(0.01f, plain.Zip(actual, (p, a) => Math.Abs(p - a)).Max(), $"mixture {run} changes nothing");
        }
    }

    [TestMethod]
    public void AnAdapterForTwoModulesFitsAModelWithSlotsForAll()
    {
        TinyAdapter adapter = TinyAdapter.Plain(1);
        adapter.Write(Path.Combine(_folder, "a"));
        float[] expected = new NaiveLlama((adapter, 0.7f)).Logits(Ids);
        foreach (string folder in new[] { TinyModel.Shared.Folder, TinyModel.Shared.QueryValueFolder })
        {
            using OpenModel model = new(folder, _folder);
            AssertNear(expected, model.Logits(Ids, Mixture.Of("a", 0.7f)), folder);
        }
    }

    [TestMethod]
    public void GoingToAnotherMixtureAndBackGivesTheSameBits()
    {
        TinyAdapter.Random(1).Write(Path.Combine(_folder, "a"));
        TinyAdapter.Random(2).Write(Path.Combine(_folder, "b"));
        using OpenModel model = new(TinyModel.Shared.Folder, _folder);
        float[] first = model.Logits(Ids, Mixture.Of("a"));
        float[] other = model.Logits(Ids, Mixture.Of("b"));
        float[] again = model.Logits(Ids, Mixture.Of("a"));
        CollectionAssert.AreEqual(first, again);
        CollectionAssert.AreNotEqual(first, other);
    }

    [TestMethod]
    public void OneDecoderGivesTheSameBitsAfterAnotherMixtureAndAfterTheBase()
    {
        TinyAdapter.Random(1).Write(Path.Combine(_folder, "a"));
        TinyAdapter.Random(2).Write(Path.Combine(_folder, "b"));
        using OpenModel model = new(TinyModel.Shared.Folder, _folder);
        using IDecoder decoder = model.CreateDecoder(64);
        float[] plain = Run(Mixture.Empty);
        float[] first = Run(Mixture.Of("a"));
        Run(Mixture.Of("b", 3));
        CollectionAssert.AreEqual(plain, Run(Mixture.Empty));
        CollectionAssert.AreEqual(first, Run(Mixture.Of("a")));

        float[] Run(Mixture mixture)
        {
            using RequestMixtures mixtures = new(model.Adapters, model.Fusion);
            mixtures.Select(mixture);
            decoder.Truncate(0, 0);
            mixtures.WriteGate(mixture, decoder.Bind(1, mixtures.Stack, 1));
            return decoder.Read(0, Ids, OpenModel.All(Ids.Length)).ToArray();
        }
    }

    [TestMethod]
    public void AGateRowAPositionEqualsThePiecesComputedOneAfterAnother()
    {
        TinyAdapter.Random(1).Write(Path.Combine(_folder, "a"));
        TinyAdapter.Random(2).Write(Path.Combine(_folder, "b"));
        using OpenModel model = new(TinyModel.Shared.Folder, _folder);
        Mixture[] pieces = [Mixture.Of("a"), Mixture.Create(new("a", 0.4f), new("b", 0.6f)), Mixture.Empty];
        int[] ends = [3, 7, Ids.Length];
        Mixture[] positions = [.. Enumerable.Range(0, Ids.Length).Select(i => pieces[Array.FindIndex(ends, e => i < e)])];
        float[] together = model.Logits(Ids, positions);

        List<float> apart = [];
        using RequestMixtures mixtures = new(model.Adapters, model.Fusion);
        using IDecoder decoder = model.CreateDecoder(Ids.Length);
        int from = 0;
        for (int i = 0; i < pieces.Length; i++)
        {
            mixtures.Select(pieces[i]);
            mixtures.WriteGate(pieces[i], decoder.Bind(1, mixtures.Stack, 1));
            apart.AddRange(decoder.Read(0, Ids.AsSpan(from, ends[i] - from), OpenModel.All(ends[i] - from)));
            from = ends[i];
        }

        AssertNear([.. apart], together, "per position");
    }

    [TestMethod]
    public void ReweighingAResidentMixtureStacksNothingAnew()
    {
        TinyAdapter.Random(1).Write(Path.Combine(_folder, "a"));
        TinyAdapter.Random(2).Write(Path.Combine(_folder, "b"));
        using OpenModel model = new(TinyModel.Shared.Folder, _folder);
        using RequestMixtures first = new(model.Adapters, model.Fusion);
        using RequestMixtures second = new(model.Adapters, model.Fusion);
        first.Select(Mixture.Create(new("a", 0.4f), new("b", 0.6f)));
        second.Select(Mixture.Create(new("b", 0.1f), new("a", 0.2f)));
        Assert.AreSame(first.Stack, second.Stack);
        Assert.IsFalse(first.Select(Mixture.Create(new("a", 1f), new("b", -1f))));
    }

    private static void AssertNear(float[] expected, float[] actual, string what)
    {
        Assert.HasCount(expected.Length, actual);
        Assert.IsLessThanOrEqualTo(Tolerance, expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max(), what);
    }
}
