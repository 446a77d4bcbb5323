using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Backends.CustomOperators;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Tests.Fixtures;
using Microsoft.ML.OnnxRuntime;

namespace DlpLora.Runtime.Tests.Backends;

[TestClass]
public sealed class AttentionOperatorTests
{
    private const double Tolerance = 2e-4;

    private static readonly int[] Ids = [.. Enumerable.Range(0, 400).Select(i => ((i * 37) + (i * i % 11)) % TinyModel.Vocabulary)];

    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-attention").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(5)]
    public void ChunksOfEverySizeGiveTheLogitsOfThePlainGraph(int threads) => Compare(threads, model =>
    {
        using IDecoder decoder = model.CreateDecoder(512);
        List<float> logits = [];
        foreach (int tokens in new[] { 3, 1, 1, 2, 5, 8, 60, 1, 200, 1 })
        {
            logits.AddRange(decoder.Read(0, Ids.AsSpan(decoder.Length(0), tokens), OpenModel.All(tokens)));
        }

        return logits;
    });

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void RowsOfDifferentLengthsGiveTheLogitsOfThePlainGraph(int threads) => Compare(threads, model =>
    {
        using IDecoder decoder = model.CreateDecoder(384, rows: 4);
        int[] lengths = [5, 301, 64, 1];
        for (int row = 0; row < lengths.Length; row++)
        {
            decoder.Read(row, Ids.AsSpan(row, lengths[row]), [0]);
        }

        List<float> logits = [];
        for (int step = 0; step < 6; step++)
        {
            logits.AddRange(decoder.Decode(Ids.AsSpan(step * 7, 4 - (step / 3))));
        }

        return logits;
    });

    [TestMethod]
    public void TokensThatWereForgottenLeaveNothingBehind()
    {
        using OpenModel model = new(TinyModel.Shared.Folder);
        using IDecoder straight = model.CreateDecoder(256);
        straight.Read(0, Ids.AsSpan(0, 70), [0]);
        float[] expected = straight.Read(0, Ids.AsSpan(70, 1), [0]).ToArray();
        using IDecoder returned = model.CreateDecoder(256);
        returned.Read(0, Ids.AsSpan(0, 70), [0]);
        returned.Read(0, Ids.AsSpan(200, 9), [0]);
        returned.Truncate(0, 70);
        CollectionAssert.AreEqual(expected, returned.Read(0, Ids.AsSpan(70, 1), [0]).ToArray());
    }

    [TestMethod]
    public void ARowGivesTheSameAloneAndAmongOthers()
    {
        using OpenModel model = new(TinyModel.Shared.Folder, threads: 2);
        using IDecoder alone = model.CreateDecoder(256);
        alone.Read(0, Ids.AsSpan(20, 90), [0]);
        float[] expected = alone.Decode([17]).ToArray();
        using IDecoder beside = model.CreateDecoder(384, rows: 3);
        beside.Read(0, Ids.AsSpan(0, 290), [0]);
        beside.Read(1, Ids.AsSpan(20, 90), [0]);
        beside.Read(2, Ids.AsSpan(3, 2), [0]);
        float[] logits = beside.Decode([3, 17, 5]).ToArray();
        double largest = expected.Zip(logits.AsSpan(TinyModel.Vocabulary, TinyModel.Vocabulary).ToArray(), (e, a) => Math.Abs(e - a)).Max();
        Assert.IsLessThanOrEqualTo(1e-5, largest);
    }

    [TestMethod]
    public void KeysAndValuesThatAreBoundToOtherMemoryAreCopiedFirst()
    {
        float[] expected = Run(64, 9, 6).Logits;
        (float[] logits, float[] keys) = Run(9, 9, 6);
        CollectionAssert.AreEqual(expected, logits);
        Assert.HasCount(TinyModel.KeyValueHeads * 15 * TinyModel.HeadSize, keys);
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(16)]
    [DataRow(int.MinValue)]
    [DataRow(int.MaxValue)]
    public void ALengthThatDoesNotFitTheCacheIsAnErrorAndNotACrash(int last)
    {
        OnnxRuntimeException error = Assert.ThrowsExactly<OnnxRuntimeException>(() => Run(16, 15, 1, last));
        Assert.Contains("a row's length does not fit", error.Message);
    }

    [TestMethod]
    public void ALengthBeyondTheContextIsAnErrorAndNotACrash()
    {
        OnnxRuntimeException error = Assert.ThrowsExactly<OnnxRuntimeException>(() => Run(2000, 9, 1, TinyModel.Context));
        Assert.Contains("exceeds the model's context", error.Message);
    }

    /// <summary>Reads tokens behind others, without binding present to past.</summary>
    private static (float[] Logits, float[] Keys) Run(int capacity, int past, int tokens, int? last = null)
    {
        ModelManifest manifest = ModelManifest.Load(TinyModel.Shared.Folder);
        using OperatorDomain operators = new(2);
        using SessionOptions options = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        operators.AddTo(options);
        using InferenceSession session = new(Path.Combine(TinyModel.Shared.Folder, manifest.OperatorGraph!), options);
        long[] ids = [.. Ids.AsSpan(0, tokens).ToArray().Select(id => (long)id)];
        float[] cache = new float[TinyModel.KeyValueHeads * capacity * TinyModel.HeadSize];
        for (int i = 0; i < cache.Length; i++)
        {
            (int head, int place) = Math.DivRem(i, capacity * TinyModel.HeadSize);
            cache[i] = MathF.Sin((place * 0.7f) + head);
        }

        Dictionary<string, OrtValue> inputs = new()
        {
            [GraphNames.InputIds] = OrtValue.CreateTensorValueFromMemory(ids, [1, tokens]),
            [GraphNames.PastLengths] = OrtValue.CreateTensorValueFromMemory(new[] { last ?? past + tokens - 1 }, [1]),
            [GraphNames.TotalLength] = OrtValue.CreateTensorValueFromMemory(new[] { past + tokens }, [1]),
            [GraphNames.LogitsRows] = OrtValue.CreateTensorValueFromMemory(new[] { tokens - 1L }, [1]),
        };
        for (int layer = 0; layer < TinyModel.Layers; layer++)
        {
            foreach (string name in new[] { GraphNames.PastKey(layer), GraphNames.PastValue(layer) })
            {
                inputs[name] = OrtValue.CreateTensorValueFromMemory(cache, [1, TinyModel.KeyValueHeads, capacity, TinyModel.HeadSize]);
            }
        }

        try
        {
            using RunOptions run = new();
            using IDisposableReadOnlyCollection<OrtValue> results = session.Run(run, inputs, [GraphNames.Logits, GraphNames.PresentKey(0)]);
            return (results[0].GetTensorDataAsSpan<float>().ToArray(), results[1].GetTensorDataAsSpan<float>().ToArray());
        }
        finally
        {
            foreach (OrtValue value in inputs.Values)
            {
                value.Dispose();
            }
        }
    }

    private void Compare(int threads, Func<OpenModel, List<float>> logits)
    {
        string folder = TinyModel.Copy(TinyModel.Shared.Folder, Path.Combine(_folder, "plain"));
        (ModelManifest.Load(folder) with { OperatorGraph = null }).Save(folder);
        using OpenModel plain = new(folder);
        using OpenModel own = new(TinyModel.Shared.Folder, threads: threads);
        List<float> expected = logits(plain);
        List<float> actual = logits(own);
        Assert.HasCount(expected.Count, actual);
        Assert.IsLessThanOrEqualTo(Tolerance, expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max());
    }
}
