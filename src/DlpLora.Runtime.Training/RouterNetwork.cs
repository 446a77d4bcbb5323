using System.Numerics.Tensors;
using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Training;

/// <summary>The router while it is trained: the same arithmetic as <see cref="RouterModel"/>, with an embedding table of singles.</summary>
internal sealed class RouterNetwork
{
    public RouterNetwork(FeatureRecipe recipe, int scores, ReadOnlySpan<int> hidden, ulong seed)
    {
        TrainingRandom random = new(seed, stream: 7);
        Recipe = recipe;

        // Zero rows: a feature that no training text has adds nothing, and the first steps go where the straight path points.
        Embedding = new float[recipe.Rows * recipe.Width];
        Straight = Random(recipe.Width, scores, 1f / MathF.Sqrt(recipe.Width), ref random);
        Hidden = new DenseLayer[hidden.Length];
        int width = recipe.Width;
        for (int i = 0; i < hidden.Length; i++)
        {
            Hidden[i] = Random(width, hidden[i], MathF.Sqrt(2f / width), ref random);
            width = hidden[i];
        }

        Output = Random(width, scores, 0.3f / MathF.Sqrt(width), ref random);

        // "None" scores 0 for every text and is never trained (BatchSlot): a text of unknown kinds has nothing that lifts a label above it.
        Straight.Weights.AsSpan(^recipe.Width..).Clear();
        Output.Weights.AsSpan(^width..).Clear();
    }

    public FeatureRecipe Recipe { get; }

    /// <summary>[rows, width].</summary>
    public float[] Embedding { get; }

    public DenseLayer Straight { get; }

    public DenseLayer[] Hidden { get; }

    public DenseLayer Output { get; }

    public int ScoreCount => Output.Outputs;

    /// <summary>Every array of numbers, for snapshots.</summary>
    public IEnumerable<float[]> Arrays()
    {
        yield return Embedding;
        yield return Straight.Weights;
        yield return Output.Weights;
        yield return Output.Bias;
        foreach (DenseLayer layer in Hidden)
        {
            yield return layer.Weights;
            yield return layer.Bias;
        }
    }

    public float Scale(int count) => 1 / MathF.Pow(Math.Max(count, 1), Recipe.PoolingPower);

    public void Forward(ReadOnlySpan<int> rows, Activations a)
    {
        a.Pooled.AsSpan().Clear();
        foreach (int row in rows)
        {
            TensorPrimitives.Add(a.Pooled, Embedding.AsSpan(row * Recipe.Width, Recipe.Width), a.Pooled);
        }

        TensorPrimitives.Multiply(a.Pooled, Scale(rows.Length), a.Pooled);
        float[] x = a.Pooled;
        for (int i = 0; i < Hidden.Length; i++)
        {
            Hidden[i].ApplyRectified(x, a.Hidden[i]);
            x = a.Hidden[i];
        }

        for (int i = 0; i < ScoreCount; i++)
        {
            a.Scores[i] = TensorPrimitives.Dot(Straight.Row(i), a.Pooled) + TensorPrimitives.Dot(Output.Row(i), x) + Output.Bias[i];
        }
    }

    /// <summary>From the loss's gradient by the scores to those by the hidden layers and the pooled vector.</summary>
    public void Backward(Activations a)
    {
        a.PooledGradient.AsSpan().Clear();
        float[] top = Hidden.Length > 0 ? a.HiddenGradients[^1] : a.PooledGradient;
        top.AsSpan().Clear();
        for (int i = 0; i < ScoreCount; i++)
        {
            TensorPrimitives.MultiplyAdd(Output.Row(i), a.ScoreGradients[i], top, top);
        }

        for (int i = Hidden.Length - 1; i >= 0; i--)
        {
            float[] below = i > 0 ? a.HiddenGradients[i - 1] : a.PooledGradient;
            below.AsSpan().Clear();
            for (int j = 0; j < Hidden[i].Outputs; j++)
            {
                if (a.Hidden[i][j] <= 0)
                {
                    a.HiddenGradients[i][j] = 0;
                    continue;
                }

                TensorPrimitives.MultiplyAdd(Hidden[i].Row(j), a.HiddenGradients[i][j], below, below);
            }
        }

        for (int i = 0; i < ScoreCount; i++)
        {
            TensorPrimitives.MultiplyAdd(Straight.Row(i), a.ScoreGradients[i], a.PooledGradient, a.PooledGradient);
        }
    }

    private static DenseLayer Random(int inputs, int outputs, float deviation, ref TrainingRandom random)
    {
        DenseLayer layer = new(inputs, outputs);
        for (int i = 0; i < layer.Weights.Length; i++)
        {
            layer.Weights[i] = deviation * random.Normal();
        }

        return layer;
    }
}
