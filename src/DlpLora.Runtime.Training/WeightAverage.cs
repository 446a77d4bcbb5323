using System.Numerics.Tensors;

namespace DlpLora.Runtime.Training;

/// <summary>
/// The mean of a network's numbers over the end of its training: where the last steps happen to lead matters less, from seed to seed
/// (stochastic weight averaging, arXiv:1803.05407).
/// </summary>
/// <param name="network">The network.</param>
/// <param name="steps">How many steps the end has.</param>
internal sealed class WeightAverage(RouterNetwork network, int steps)
{
    /// <summary>Neighbouring steps differ little; more samples only cost time.</summary>
    private const int Samples = 128;

    private readonly float[][] _sums = [.. network.Arrays().Select(a => new float[a.Length])];
    private readonly int _interval = Math.Max(1, steps / Samples);
    private int _steps;
    private int _samples;

    /// <summary>Takes note of the network after a step of the end.</summary>
    public void Note()
    {
        if (_steps++ % _interval != 0)
        {
            return;
        }

        _samples++;
        foreach ((float[] values, float[] sum) in network.Arrays().Zip(_sums))
        {
            TensorPrimitives.Add(sum, values, sum);
        }
    }

    /// <summary>Gives the network the mean.</summary>
    public void Apply()
    {
        if (_samples == 0)
        {
            return;
        }

        foreach ((float[] values, float[] sum) in network.Arrays().Zip(_sums))
        {
            TensorPrimitives.Divide(sum, _samples, values);
        }
    }
}
