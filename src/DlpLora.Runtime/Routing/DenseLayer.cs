using System.Numerics.Tensors;

namespace DlpLora.Runtime.Routing;

/// <summary>A linear layer: y = W x + b.</summary>
internal sealed class DenseLayer
{
    public DenseLayer(int inputs, int outputs)
        : this(inputs, outputs, new float[inputs * outputs], new float[outputs])
    {
    }

    public DenseLayer(int inputs, int outputs, float[] weights, float[] bias)
    {
        Inputs = inputs;
        Outputs = outputs;
        Weights = weights;
        Bias = bias;
    }

    public int Inputs { get; }

    public int Outputs { get; }

    /// <summary>[Outputs, Inputs].</summary>
    public float[] Weights { get; }

    /// <summary>[Outputs].</summary>
    public float[] Bias { get; }

    public ReadOnlySpan<float> Row(int output) => Weights.AsSpan(output * Inputs, Inputs);

    public void Apply(ReadOnlySpan<float> x, Span<float> y)
    {
        for (int i = 0; i < Outputs; i++)
        {
            y[i] = TensorPrimitives.Dot(Row(i), x) + Bias[i];
        }
    }

    public void ApplyRectified(ReadOnlySpan<float> x, Span<float> y)
    {
        Apply(x, y);
        TensorPrimitives.Max(y, 0f, y);
    }
}
