using System.Numerics.Tensors;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Backends;

/// <summary>Rows that run together: each as if it ran alone.</summary>
[TestClass]
public sealed class OnnxDecoderBatchTests
{
    private const float Tolerance = 1e-4f;

    private static readonly int[][] Prompts = [[256, 17, 200], [3], [99, 42, 7, 150, 8, 250, 11], [5, 5], [1, 2, 3, 4, 5]];

    private static readonly Mixture[] Mixtures =
    [
        Mixture.Of("a"), Mixture.Empty, Mixture.Create(new("a", 0.3f), new("b", 0.7f), new("c", -0.4f)), Mixture.Of("c", 2), Mixture.Of("b"),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-batch").FullName;

    [TestInitialize]
    public void WriteAdapters()
    {
        foreach ((int seed, string name) in new[] { (1, "a"), (2, "b"), (3, "c") })
        {
            TinyAdapter.Random(seed).Write(Path.Combine(_folder, name));
        }
    }

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void RowsOfDifferentLengthsAndMixturesEqualEachAloneAlsoAfterMovesAndGrowth()
    {
        using OpenModel model = new(TinyModel.Shared.Folder, _folder);
        float[][] expected = [.. Enumerable.Range(0, Prompts.Length).Select(i => Alone(model, i, 12))];
        using BatchStack shared = new(model.Model);
        RequestMixtures[] held = [.. Mixtures.Select(_ => new RequestMixtures(model.Adapters, model.Fusion))];
        using IDecoder decoder = model.CreateDecoder(16, rows: 3);
        List<int> order = [];
        for (int i = 0; i < Prompts.Length; i++)
        {
            if (i == decoder.Rows)
            {
                decoder.Resize(5, 24);
            }

            held[i].Select(Mixtures[i]);
            held[i].WriteGate(Mixtures[i], decoder.Bind(1, held[i].Stack, 1));
            decoder.Read(i, Prompts[i], [Prompts[i].Length - 1]);
            order.Add(i);
        }

        for (int step = 0; step < 12; step++)
        {
            if (step == 4)
            {
                // The first leaves; the last takes its place.
                decoder.Swap(0, 4);
                (order[0], order[4]) = (order[4], order[0]);
                order.RemoveAt(4);
            }

            if (step == 8)
            {
                decoder.Resize(4, 32);
            }

            shared.Select([.. order.Select(i => held[i])], [.. order.Select(i => Mixtures[i])], order.Count);
            Span<float> gate = decoder.Bind(order.Count, shared.Stack, order.Count);
            int width = gate.Length / order.Count;
            for (int row = 0; row < order.Count; row++)
            {
                held[order[row]].WriteGate(Mixtures[order[row]], shared.Stack, gate.Slice(row * width, width));
            }

            Span<float> logits = decoder.Decode([.. order.Select(i => Token(i, step))]);
            for (int row = 0; row < order.Count; row++)
            {
                ReadOnlySpan<float> own = logits.Slice(row * TinyModel.Vocabulary, TinyModel.Vocabulary);
                ReadOnlySpan<float> alone = expected[order[row]].AsSpan(step * TinyModel.Vocabulary, TinyModel.Vocabulary);
                float[] difference = new float[own.Length];
                TensorPrimitives.Subtract(own, alone, difference);
                Assert.IsLessThanOrEqualTo(Tolerance, TensorPrimitives.MaxMagnitude<float>(difference) is var worst ? Math.Abs(worst) : 0, $"step {step}, request {order[row]}");
            }
        }

        Array.ForEach(held, h => h.Dispose());
    }

    [TestMethod]
    public void ADecodeStepOfSeveralRowsAllocatesNothing()
    {
        using OpenModel model = new(TinyModel.Shared.Folder, _folder);
        using RequestMixtures mixtures = new(model.Adapters, model.Fusion);
        mixtures.Select(Mixture.Of("a"));
        using IDecoder decoder = model.CreateDecoder(400, rows: 3);
        mixtures.WriteGate(Mixture.Of("a"), decoder.Bind(1, mixtures.Stack, 1));
        for (int row = 0; row < 3; row++)
        {
            decoder.Read(row, [5, 6], [1]);
        }

        mixtures.WriteGate(Mixture.Of("a"), decoder.Bind(3, mixtures.Stack, 1));
        Step(decoder, 20);
        Assert.AreEqual(0, SettledAllocation.Of(() => Step(decoder, 50)));

        static void Step(IDecoder decoder, int steps)
        {
            Span<int> tokens = [7, 8, 9];
            for (int i = 0; i < steps; i++)
            {
                Span<float> logits = decoder.Decode(tokens);
                for (int row = 0; row < tokens.Length; row++)
                {
                    tokens[row] = TensorPrimitives.IndexOfMax<float>(logits.Slice(row * TinyModel.Vocabulary, TinyModel.Vocabulary));
                }
            }
        }
    }

    [TestMethod]
    public void AnEmptyRowIsNotDecoded()
    {
        using OpenModel model = new(TinyModel.Shared.Folder);
        using IDecoder decoder = model.CreateDecoder(16, rows: 2);
        decoder.Read(0, [1], [0]);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => decoder.Decode([1, 1]));
        Assert.AreEqual((1, 0), (decoder.Length(0), decoder.Length(1)));
    }

    [TestMethod]
    public void WhatARowForgotLeavesNoTrace()
    {
        using OpenModel model = new(TinyModel.Shared.Folder);
        float[] expected = model.Logits([1, 2, 3, 9], Mixture.Empty)[^TinyModel.Vocabulary..];
        using IDecoder decoder = model.CreateDecoder(16);
        decoder.Read(0, [1, 2, 3, 4, 5, 6], [5]);
        decoder.Truncate(0, 3);
        float[] actual = decoder.Decode([9]).ToArray();
        Assert.IsLessThanOrEqualTo(Tolerance, expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max());
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => decoder.Truncate(0, 5));
    }

    private static int Token(int request, int step) => (request * 31 + step * 17 + 3) % 256;

    /// <summary>[steps, vocabulary] of a request alone.</summary>
    private static float[] Alone(OpenModel model, int request, int steps)
    {
        int[] ids = [.. Prompts[request], .. Enumerable.Range(0, steps).Select(s => Token(request, s))];
        return model.Logits(ids, Mixtures[request])[(Prompts[request].Length * TinyModel.Vocabulary)..];
    }
}
