using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Backends;

[TestClass]
public sealed class OnnxDecoderTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-decoder").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void ADecodeStepAllocatesNothing()
    {
        TinyAdapter.Plain(1).Write(Path.Combine(_folder, "a"));
        using OpenModel model = new(TinyModel.Shared.Folder, _folder);
        using RequestMixtures mixtures = new(model.Adapters, model.Fusion);
        mixtures.Select(Mixture.Of("a"));
        using IDecoder decoder = model.CreateDecoder(400);
        mixtures.WriteGate(Mixture.Of("a"), decoder.Bind(1, mixtures.Stack, 1));
        decoder.Read(0, [5], [0]);
        Step(decoder, 20);
        Assert.AreEqual(0, SettledAllocation.Of(() => Step(decoder, 50)));

        static void Step(IDecoder decoder, int steps)
        {
            int token = 5;
            for (int i = 0; i < steps; i++)
            {
                Span<float> logits = decoder.Decode([token]);
                token = System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(logits);
            }
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    [DataRow(7)]
    public void APromptInChunksEqualsThePromptInOnePiece(int chunk)
    {
        int[] ids = [256, 17, 200, 3, 99, 42, 7, 150, 8, 250];
        using OpenModel model = new(TinyModel.Shared.Folder);
        float[] whole = model.Logits(ids, Mixture.Empty);
        using IDecoder decoder = model.CreateDecoder(128);
        List<float> pieces = [];
        for (int from = 0; from < ids.Length; from += chunk)
        {
            int length = Math.Min(chunk, ids.Length - from);
            pieces.AddRange(decoder.Read(0, ids.AsSpan(from, length), OpenModel.All(length)));
        }

        Assert.IsLessThanOrEqualTo(1e-4f, whole.Zip(pieces, (a, b) => Math.Abs(a - b)).Max());
    }

    [TestMethod]
    public void OnlyTheWantedRowsOfLogitsAreReturned()
    {
        int[] ids = [256, 17, 200, 3];
        using OpenModel model = new(TinyModel.Shared.Folder);
        float[] all = model.Logits(ids, Mixture.Empty);
        using IDecoder decoder = model.CreateDecoder(128);
        float[] some = decoder.Read(0, ids, [3, 1]).ToArray();
        CollectionAssert.AreEqual(all[(3 * TinyModel.Vocabulary)..], some[..TinyModel.Vocabulary]);
        CollectionAssert.AreEqual(all[TinyModel.Vocabulary..(2 * TinyModel.Vocabulary)], some[TinyModel.Vocabulary..]);
    }

    [TestMethod]
    public void MoreTokensThanTheCacheHoldsAreRefused()
    {
        using OpenModel model = new(TinyModel.Shared.Folder);
        using IDecoder decoder = model.CreateDecoder(4);
        decoder.Read(0, [1, 2, 3], [2]);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => decoder.Read(0, [1, 2], [1]));
        Assert.AreEqual(3, decoder.Length(0));
    }

    [TestMethod]
    public void AGateOfAnotherLengthThanTheTokensIsRefused()
    {
        TinyAdapter.Plain(1).Write(Path.Combine(_folder, "a"));
        using OpenModel model = new(TinyModel.Shared.Folder, _folder);
        using RequestMixtures mixtures = new(model.Adapters, model.Fusion);
        mixtures.Select(Mixture.Of("a"));
        using IDecoder decoder = model.CreateDecoder(16);
        decoder.Bind(1, mixtures.Stack, 3).Clear();
        Assert.ThrowsExactly<InvalidOperationException>(() => decoder.Read(0, [1, 2], [1]), "three rows for two tokens");
    }

    [TestMethod]
    public void TheModelWithoutSlotsAnswersAsTheModelWithEmptyOnes()
    {
        int[] ids = [256, 17, 200, 3];
        using OpenModel with = new(TinyModel.Shared.Folder);
        using OpenModel without = new(TinyModel.Shared.NoSlotsFolder);
        Assert.IsEmpty(without.Model.Slots);
        float[] expected = with.Logits(ids, Mixture.Empty);
        float[] actual = without.Logits(ids, Mixture.Empty);
        Assert.IsLessThanOrEqualTo(1e-5f, expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max());
    }

    [TestMethod]
    public void DisposingTwiceIsSafe()
    {
        using OpenModel model = new(TinyModel.Shared.Folder);
        IDecoder decoder = model.CreateDecoder(16);
        decoder.Dispose();
        decoder.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => decoder.Read(0, [1], [0]));
    }
}
