using System.Text;

namespace DlpLora.Runtime.Training;

/// <summary>The buffers of one example of a batch.</summary>
internal sealed class BatchSlot(RouterNetwork network)
{
    public FeatureList Features { get; } = new();

    public Activations Activations { get; } = new(network);

    public StringBuilder View { get; } = new();

    public StringBuilder Second { get; } = new();

    public float Loss { get; set; }

    /// <summary>Cross-entropy against one target, or two with the share of the first.</summary>
    public void SetLoss(int first, int second, float share, float smoothing)
    {
        float[] scores = Activations.Scores;
        float[] gradient = Activations.ScoreGradients;
        float max = scores.Max();
        float sum = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            gradient[i] = MathF.Exp(scores[i] - max);
            sum += gradient[i];
        }

        float logSum = max + MathF.Log(sum);
        float loss = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            float target = (smoothing / scores.Length)
                + ((1 - smoothing) * ((i == first ? share : 0) + (i == second ? 1 - share : 0)));
            loss -= target * (scores[i] - logSum);
            gradient[i] = (gradient[i] / sum) - target;
        }

        Loss = loss;
    }
}
