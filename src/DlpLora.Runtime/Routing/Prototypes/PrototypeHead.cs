using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DlpLora.Runtime.Routing.Prototypes;

/// <summary>The labels that were added from examples: one prototype a label, in signed bytes, and the features that speak for it. Immutable.</summary>
/// <remarks>score = bias + scale * vector . pooled + word scale * (sum of the weights of the text's features) / count^power.</remarks>
internal sealed class PrototypeHead
{
    /// <summary>The most columns of the pooled space that a prototype covers, the first ones: 10,000 of them leave room for a table.</summary>
    private const int MaximumWidth = 64;

    private readonly int _width;
    private readonly sbyte[] _vectors; // [labels, width]
    private readonly float[] _scales; // [labels]
    private readonly float[] _biases; // [labels]
    private readonly int[] _wordLabels; // [columns], the labels that have words, in order
    private readonly float[] _wordScales; // [columns]

    public PrototypeHead(int width, AddedLabel[] labels)
    {
        Labels = labels;
        _width = width;
        _vectors = new sbyte[labels.Length * width];
        _scales = new float[labels.Length];
        _biases = new float[labels.Length];
        List<int> owners = [];
        List<uint> hashes = [];
        List<sbyte> weights = [];
        List<int> columns = [];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i].Vector.CopyTo(_vectors.AsSpan(i * width));
            (_scales[i], _biases[i]) = (labels[i].Scale, labels[i].Bias);
            if (labels[i].Words.Length > 0)
            {
                columns.AddRange(Enumerable.Repeat(owners.Count, labels[i].Words.Length));
                owners.Add(i);
                hashes.AddRange(labels[i].Words);
                weights.AddRange(labels[i].Weights);
            }
        }

        _wordLabels = [.. owners];
        _wordScales = [.. owners.Select(i => labels[i].WordScale)];
        Words = owners.Count == 0 ? null : new WordTable([.. hashes], [.. weights], [.. columns]);
        NumberCount = labels.Sum(l => l.NumberCount);
    }

    public static PrototypeHead Empty { get; } = new(0, []);

    /// <summary>The labels, in the order of their scores.</summary>
    public AddedLabel[] Labels { get; }

    public int Count => Labels.Length;

    public int NumberCount { get; }

    /// <summary>The features that speak for the labels; null where none has any.</summary>
    public WordTable? Words { get; }

    /// <summary>The sums that <see cref="Words"/> adds to.</summary>
    public int WordColumns => _wordLabels.Length;

    /// <summary>The text's feature count to this power divides the sums of <see cref="Words"/>.</summary>
    public static float WordNorm(int count) => 1 / MathF.Sqrt(Math.Max(count, 1));

    /// <summary>The length of a prototype's vector beside a table.</summary>
    public static int Width(FeatureRecipe recipe) => Math.Min(recipe.Width, MaximumWidth);

    /// <summary>Scores a text.</summary>
    /// <param name="pooled">The pooled vector; its first columns are read.</param>
    /// <param name="words">[columns].</param>
    /// <param name="count">The text's features.</param>
    /// <param name="scores">[labels].</param>
    [SkipLocalsInit]
    public void Score(ReadOnlySpan<float> pooled, ReadOnlySpan<int> words, int count, Span<float> scores)
    {
        if (Count == 0)
        {
            return;
        }

        // The text's vector in signed bytes too: a product of two fits 16 bits, and so does the sum of two products.
        pooled = pooled[.._width];
        Span<short> query = stackalloc short[_width];
        float largest = MathF.Abs(TensorPrimitives.MaxMagnitude(pooled));
        float step = largest > 0 ? largest / 127 : 1;
        for (int i = 0; i < query.Length; i++)
        {
            query[i] = (short)MathF.Round(pooled[i] / step);
        }

        ref sbyte vectors = ref MemoryMarshal.GetArrayDataReference(_vectors);
        ref short q = ref MemoryMarshal.GetReference(query);
        for (int i = 0; i < scores.Length; i++)
        {
            Vector256<int> sum = Vector256<int>.Zero;
            ref sbyte row = ref Unsafe.Add(ref vectors, i * _width);
            for (int column = 0; column < _width; column += 32)
            {
                (Vector256<short> low, Vector256<short> high) = Vector256.Widen(Vector256.LoadUnsafe(ref row, (nuint)column));
                Vector256<short> products = (low * Vector256.LoadUnsafe(ref q, (nuint)column)) + (high * Vector256.LoadUnsafe(ref q, (nuint)(column + 16)));
                (Vector256<int> even, Vector256<int> odd) = Vector256.Widen(products);
                sum += even + odd;
            }

            scores[i] = Vector256.Sum(sum);
        }

        TensorPrimitives.Multiply(scores, step, scores);
        TensorPrimitives.MultiplyAdd(scores, _scales, _biases, scores);
        float norm = WordNorm(count);
        for (int i = 0; i < words.Length; i++)
        {
            scores[_wordLabels[i]] += words[i] * _wordScales[i] * norm;
        }
    }
}
