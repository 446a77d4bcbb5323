using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace DlpLora.Runtime.Routing;

/// <summary>The router's numbers and their arithmetic. Immutable once built.</summary>
/// <remarks>
/// pooled = scale * sum of rows / count^power [width]; hidden = relu(W2 relu(W1 pooled + b1) + b2);
/// scores = S pooled + W3 hidden + b3 [labels + 1]. The last score is "none of them"; training keeps the
/// layers' part of it at 0, so that a label's score says how well a text fits it in absolute terms.
/// The straight path S keeps what a linear classifier over n-grams knows; the hidden layers add what words mean together.
/// </remarks>
internal sealed class RouterModel
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

    /// <summary>Hidden to scores: [labels + 1, hidden].</summary>
    public required DenseLayer Output { get; init; }

    /// <summary>Pooled to scores, [labels + 1, width]; its bias stays zero and is not stored.</summary>
    public required DenseLayer Straight { get; init; }

    public required RouterCalibration Calibration { get; init; }

    public string? BaseFingerprint { get; init; }

    /// <summary>Labels and the "none" score.</summary>
    public int ScoreCount => Labels.Length + 1;

    /// <summary>Every number of the file: tables, layers, scale, temperature, threshold, switch penalty.</summary>
    public int ParameterCount
    {
        get
        {
            int count = Embedding.Length + Straight.Weights.Length + Output.Weights.Length + Output.Bias.Length + 4;
            foreach (DenseLayer layer in Hidden)
            {
                count += layer.Weights.Length + layer.Bias.Length;
            }

            return count;
        }
    }

    /// <summary>The same numbers with another calibration.</summary>
    public RouterModel With(RouterCalibration calibration) => new()
    {
        Recipe = Recipe,
        Labels = Labels,
        Embedding = Embedding,
        EmbeddingScale = EmbeddingScale,
        Hidden = Hidden,
        Output = Output,
        Straight = Straight,
        Calibration = calibration,
        BaseFingerprint = BaseFingerprint,
    };

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

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    /// <summary>Adds up the rows of a text's features.</summary>
    /// <param name="text">The text.</param>
    /// <param name="sums">[width].</param>
    /// <returns>The number of features.</returns>
    public int Sum(ReadOnlySpan<char> text, Span<int> sums)
    {
        Span<int> chunk = stackalloc int[RowAccumulator.ChunkSize];
        RowAccumulator accumulator = new(Embedding, Recipe.Rows, sums, chunk);
        FeatureExtractor.Extract(text, Recipe, ref accumulator);
        accumulator.Flush();
        return accumulator.Count;
    }

    /// <summary>Scores a text. Returns the number of features; with none of them the scores are those of an empty text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="scores">[labels + 1].</param>
    public int Score(ReadOnlySpan<char> text, Span<float> scores)
    {
        Span<int> sums = stackalloc int[Recipe.Width];
        int count = Sum(text, sums);
        Score(sums, count, scores);
        return count;
    }

    /// <summary>Scores the sum of rows.</summary>
    /// <param name="sums">[width].</param>
    /// <param name="count">The number of features in the sum.</param>
    /// <param name="scores">[labels + 1].</param>
    public void Score(ReadOnlySpan<int> sums, int count, Span<float> scores)
    {
        Span<float> pooled = stackalloc float[Recipe.Width];
        TensorPrimitives.ConvertTruncating(sums, pooled);
        TensorPrimitives.Multiply(pooled, EmbeddingScale / MathF.Pow(Math.Max(count, 1), Recipe.PoolingPower), pooled);

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

        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = TensorPrimitives.Dot(Straight.Row(i), pooled) + TensorPrimitives.Dot(Output.Row(i), x) + Output.Bias[i];
        }
    }
}
