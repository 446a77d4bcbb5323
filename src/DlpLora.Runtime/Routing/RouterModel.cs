using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DlpLora.Runtime.Routing.Prototypes;

namespace DlpLora.Runtime.Routing;

/// <summary>The router's numbers and their arithmetic. Immutable once built.</summary>
/// <remarks>
/// pooled = scale * sum of rows / count^power [width]; hidden = relu(W2 relu(W1 pooled + b1) + b2);
/// scores = S pooled + W3 hidden + b3 [labels + 1]. The last score is "none of them"; training keeps the
/// layers' part of it at 0, so that a label's score says how well a text fits it in absolute terms.
/// The straight path S keeps what a linear classifier over n-grams knows; the hidden layers add what words mean together.
/// </remarks>
internal sealed record RouterModel
{
    /// <summary>The most numbers that a router may have, in all.</summary>
    public const int MaximumParameters = 5_000_000;

    public const int MaximumHiddenLayers = 3;
    public const int MaximumHiddenWidth = 1024;

    public required FeatureRecipe Recipe { get; init; }

    public required string[] Labels { get; init; }

    /// <summary>[rows, width], to be multiplied by <see cref="EmbeddingScale"/>.</summary>
    public required sbyte[] Embedding { get; init; }

    public required float EmbeddingScale { get; init; }

    /// <summary>The rectified layers, first to last.</summary>
    public required DenseLayer[] Hidden { get; init; }

    /// <summary>Hidden to scores: [trained labels + 1, hidden].</summary>
    public required DenseLayer Output { get; init; }

    /// <summary>Pooled to scores, [trained labels + 1, width]; its bias stays zero and is not stored.</summary>
    public required DenseLayer Straight { get; init; }

    public required RouterCalibration Calibration { get; init; }

    public string? BaseFingerprint { get; init; }

    /// <summary>The labels behind the trained ones, which were added from examples.</summary>
    public PrototypeHead Added { get; init; } = PrototypeHead.Empty;

    /// <summary>Texts that a label added later is weighed against.</summary>
    public ReplayRows Replay { get; init; } = ReplayRows.Empty;

    /// <summary>Labels that stand for the same texts, each group with the one that answers first.</summary>
    public int[][] Twins { get; init; } = [];

    /// <summary>The labels that the layers score; the added ones follow.</summary>
    public int TrainedCount => Labels.Length - Added.Count;

    /// <summary>The sums that a text is added up into: the table's columns, then those of the added labels' words.</summary>
    public int SumLength => Recipe.Width + Added.WordColumns;

    /// <summary>Labels and the "none" score.</summary>
    public int ScoreCount => Labels.Length + 1;

    /// <summary>Every number of the file: tables, layers, scale, temperature, threshold, switch penalty.</summary>
    public int ParameterCount
    {
        get
        {
            int count = Embedding.Length + Straight.Weights.Length + Output.Weights.Length + Output.Bias.Length + 4
                + Added.NumberCount + Replay.NumberCount;
            foreach (DenseLayer layer in Hidden)
            {
                count += layer.Weights.Length + layer.Bias.Length;
            }

            return count;
        }
    }

    /// <summary>The same numbers with another calibration.</summary>
    public RouterModel With(RouterCalibration calibration) => this with { Calibration = calibration };

    /// <summary>The first 12 hexadecimal digits of a SHA-256 over everything that decides: labels, recipe, numbers, calibration, base.</summary>
    public string ComputeVersion()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"{string.Join(' ', Labels)}|{JsonSerializer.Serialize(Recipe, RouterJson.Default.FeatureRecipe)}|{EmbeddingScale:R}|{Calibration.Temperature:R}|{Calibration.AbstentionThreshold:R}|{Calibration.SwitchPenalty:R}|{BaseFingerprint}|{Hidden.Length}|");
        hash.AppendData(Encoding.UTF8.GetBytes(head));
        hash.AppendData(MemoryMarshal.AsBytes<sbyte>(Embedding));
        hash.AppendData(MemoryMarshal.AsBytes<float>(Straight.Weights));
        foreach (DenseLayer layer in (ReadOnlySpan<DenseLayer>)[.. Hidden, Output])
        {
            hash.AppendData(MemoryMarshal.AsBytes<float>(layer.Weights));
            hash.AppendData(MemoryMarshal.AsBytes<float>(layer.Bias));
        }

        AddedLabels.AppendTo(hash, this);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    /// <summary>Adds up the rows of a text's features.</summary>
    /// <param name="text">The text.</param>
    /// <param name="sums">[<see cref="SumLength"/>].</param>
    /// <returns>The number of features.</returns>
    public int Sum(ReadOnlySpan<char> text, Span<int> sums)
    {
        Span<int> chunk = stackalloc int[RowAccumulator.ChunkSize];
        RowAccumulator accumulator = new(Embedding, Recipe.Rows, sums[..Recipe.Width], chunk);
        if (Added.Words is { } words)
        {
            WordAccumulator both = new(accumulator, words, sums[Recipe.Width..]);
            FeatureExtractor.Extract(text, Recipe, ref both);
            both.Flush();
            return both.Count;
        }

        FeatureExtractor.Extract(text, Recipe, ref accumulator);
        accumulator.Flush();
        return accumulator.Count;
    }

    /// <summary>Adds up the rows of features.</summary>
    /// <param name="features">The feature hashes.</param>
    /// <param name="sums">[<see cref="SumLength"/>].</param>
    public void Sum(ReadOnlySpan<uint> features, Span<int> sums)
    {
        Span<int> chunk = stackalloc int[RowAccumulator.ChunkSize];
        RowAccumulator accumulator = new(Embedding, Recipe.Rows, sums[..Recipe.Width], chunk);
        Span<int> words = sums[Recipe.Width..];
        words.Clear();
        foreach (uint feature in features)
        {
            accumulator.Add(feature);
            Added.Words?.Add(feature, words);
        }

        accumulator.Flush();
    }

    /// <summary>Scores a text. Returns the number of features; with none of them the scores are those of an empty text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="scores">[labels + 1].</param>
    public int Score(ReadOnlySpan<char> text, Span<float> scores)
    {
        Span<int> sums = stackalloc int[SumLength];
        int count = Sum(text, sums);
        Score(sums, count, scores);
        return count;
    }

    /// <summary>The pooled vector of a sum of rows.</summary>
    /// <param name="sums">[<see cref="SumLength"/>].</param>
    /// <param name="count">The number of features in the sum.</param>
    /// <param name="pooled">[width].</param>
    public void Pool(ReadOnlySpan<int> sums, int count, Span<float> pooled)
    {
        TensorPrimitives.ConvertTruncating(sums[..Recipe.Width], pooled);
        TensorPrimitives.Multiply(pooled, EmbeddingScale / MathF.Pow(Math.Max(count, 1), Recipe.PoolingPower), pooled);
    }

    /// <summary>Scores the sum of rows.</summary>
    /// <param name="sums">[<see cref="SumLength"/>].</param>
    /// <param name="count">The number of features in the sum.</param>
    /// <param name="scores">[labels + 1].</param>
    public void Score(ReadOnlySpan<int> sums, int count, Span<float> scores)
    {
        Span<float> pooled = stackalloc float[Recipe.Width];
        Pool(sums, count, pooled);

        // Two buffers take turns: layer k reads one and writes the other.
        Span<float> even = stackalloc float[MaximumHiddenWidth];
        Span<float> odd = stackalloc float[MaximumHiddenWidth];
        Span<float> x = pooled;
        for (int i = 0; i < Hidden.Length; i++)
        {
            Span<float> y = (i % 2 == 0 ? even : odd)[..Hidden[i].Outputs];
            Hidden[i].ApplyRectified(x, y);
            x = y;
        }

        int trained = TrainedCount;
        for (int i = 0; i <= trained; i++)
        {
            float score = TensorPrimitives.Dot(Straight.Row(i), pooled) + TensorPrimitives.Dot(Output.Row(i), x) + Output.Bias[i];
            scores[i == trained ? scores.Length - 1 : i] = score;
        }

        Added.Score(pooled, sums[Recipe.Width..], count, scores[trained..^1]);
    }
}
