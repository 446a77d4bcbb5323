namespace DlpLora.Runtime.Training;

/// <summary>What one example's pass through the network leaves behind.</summary>
internal sealed class Activations
{
    public Activations(RouterNetwork network)
    {
        Pooled = new float[network.Recipe.Width];
        PooledGradient = new float[network.Recipe.Width];
        Hidden = [.. network.Hidden.Select(l => new float[l.Outputs])];
        HiddenGradients = [.. network.Hidden.Select(l => new float[l.Outputs])];
        Scores = new float[network.ScoreCount];
        ScoreGradients = new float[network.ScoreCount];
    }

    public float[] Pooled { get; }

    public float[] PooledGradient { get; }

    public float[][] Hidden { get; }

    public float[][] HiddenGradients { get; }

    public float[] Scores { get; }

    public float[] ScoreGradients { get; }
}
