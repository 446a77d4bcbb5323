using System.Numerics.Tensors;

namespace DlpLora.Runtime.Training;

/// <summary>Steps: row-wise Adagrad for the embedding table, Adam for the dense layers.</summary>
/// <remarks>
/// The table's columns are split in two halves with accumulators of their own, whatever the number of threads, and each half takes the
/// batch's examples in order: the result does not depend on the threads.
/// </remarks>
internal sealed class NetworkOptimizer
{
    private const int Halves = 2;
    private const float Beta1 = 0.9f;
    private const float Beta2 = 0.999f;

    private readonly RouterNetwork _network;
    private readonly TrainingRecipe _recipe;
    private readonly float[][] _squares; // [Halves][rows]
    private readonly (float[] Weights, float[] Gradient, float[] First, float[] Second)[] _dense;
    private int _step;

    public NetworkOptimizer(RouterNetwork network, TrainingRecipe recipe)
    {
        _network = network;
        _recipe = recipe;
        _squares = [.. Enumerable.Range(0, Halves).Select(_ => new float[network.Recipe.Rows])];
        _dense =
        [
            .. network.Arrays().Skip(1).Select(w => (w, new float[w.Length], new float[w.Length], new float[w.Length])),
        ];
    }

    /// <summary>Applies a batch.</summary>
    /// <param name="batch">The examples, with their gradients.</param>
    /// <param name="rate">The schedule's factor, 0 to 1.</param>
    /// <param name="parallel">The threads.</param>
    public void Step(BatchSlot[] batch, float rate, ParallelOptions parallel)
    {
        _step++;
        Parallel.For(0, Halves + 1, parallel, part =>
        {
            if (part < Halves)
            {
                StepRows(batch, part, rate * _recipe.EmbeddingRate);
            }
            else
            {
                StepDense(batch, rate * _recipe.DenseRate);
            }
        });
    }

    private void StepRows(BatchSlot[] batch, int half, float rate)
    {
        int width = _network.Recipe.Width;
        int columns = width / Halves;
        int first = half * columns;
        float[] squares = _squares[half];
        float[] step = new float[columns];
        foreach (BatchSlot slot in batch)
        {
            if (slot.Features.Count == 0)
            {
                continue;
            }

            ReadOnlySpan<float> gradient = slot.Activations.PooledGradient.AsSpan(first, columns);
            TensorPrimitives.Multiply(gradient, _network.Scale(slot.Features.Count), step);
            float mean = TensorPrimitives.SumOfSquares<float>(step) / columns;
            if (mean < 1e-20f)
            {
                continue;
            }

            foreach (int row in slot.Features.Rows)
            {
                squares[row] += mean;
                Span<float> target = _network.Embedding.AsSpan((row * width) + first, columns);
                TensorPrimitives.MultiplyAdd(step, -rate / MathF.Sqrt(squares[row]), target, target);
            }
        }
    }

    private void StepDense(BatchSlot[] batch, float rate)
    {
        foreach ((_, float[] gradient, _, _) in _dense)
        {
            gradient.AsSpan().Clear();
        }

        // The order of RouterNetwork.Arrays behind the table: straight, output, output bias, then weights and bias of each hidden layer.
        foreach (BatchSlot slot in batch)
        {
            Activations a = slot.Activations;
            float[] top = a.Hidden.Length > 0 ? a.Hidden[^1] : a.Pooled;
            Outer(a.ScoreGradients, a.Pooled, _dense[0].Gradient);
            Outer(a.ScoreGradients, top, _dense[1].Gradient);
            TensorPrimitives.Add(_dense[2].Gradient, a.ScoreGradients, _dense[2].Gradient);
            for (int i = 0; i < a.Hidden.Length; i++)
            {
                Outer(a.HiddenGradients[i], i == 0 ? a.Pooled : a.Hidden[i - 1], _dense[3 + (2 * i)].Gradient);
                float[] bias = _dense[4 + (2 * i)].Gradient;
                TensorPrimitives.Add(bias, a.HiddenGradients[i], bias);
            }
        }

        float correction = MathF.Sqrt(1 - MathF.Pow(Beta2, _step)) / (1 - MathF.Pow(Beta1, _step));
        float share = 1f / batch.Length;
        foreach ((float[] weights, float[] gradient, float[] first, float[] second) in _dense)
        {
            for (int i = 0; i < weights.Length; i++)
            {
                float g = gradient[i] * share;
                first[i] = (Beta1 * first[i]) + ((1 - Beta1) * g);
                second[i] = (Beta2 * second[i]) + ((1 - Beta2) * g * g);
                weights[i] -= rate * correction * first[i] / (MathF.Sqrt(second[i]) + 1e-8f);
            }
        }
    }

    private static void Outer(float[] outputs, float[] inputs, float[] gradient)
    {
        for (int i = 0; i < outputs.Length; i++)
        {
            if (outputs[i] != 0)
            {
                Span<float> row = gradient.AsSpan(i * inputs.Length, inputs.Length);
                TensorPrimitives.MultiplyAdd(inputs, outputs[i], row, row);
            }
        }
    }
}
