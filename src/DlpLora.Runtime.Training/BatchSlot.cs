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

    /// <summary>Cross-entropy against one target, or two with the share of the first. "None", the last score, is fixed and has no gradient.</summary>
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

        gradient[^1] = 0;
        Loss = loss;
    }

    /// <summary>
    /// Adds the logistic loss of how far a label scores above "none": among many labels the cross-entropy is content with being the best of them,
    /// and a content without its wording is then hardly above a stranger's text.
    /// </summary>
    /// <param name="label">The text's label.</param>
    /// <param name="margin">Where the loss has its knee.</param>
    /// <param name="weight">What it counts.</param>
    public void AddMarginLoss(int label, float margin, float weight)
    {
        float missing = margin + Activations.Scores[^1] - Activations.Scores[label];
        float share = 1 / (1 + MathF.Exp(-missing));
        Loss += weight * (MathF.Max(missing, 0) + MathF.Log(1 + MathF.Exp(-MathF.Abs(missing))));
        Activations.ScoreGradients[label] -= weight * share;
    }

    /// <summary>
    /// Adds the cross-entropy of "none" among itself and the labels that are not the targets: every text teaches every other label to score
    /// below "none", as it would have to if the text's own label had never been registered.
    /// </summary>
    public void AddRestLoss(int first, int second, float weight)
    {
        float[] scores = Activations.Scores;
        float max = float.NegativeInfinity;
        for (int i = 0; i < scores.Length; i++)
        {
            max = i == first || i == second ? max : MathF.Max(max, scores[i]);
        }

        float sum = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            sum += i == first || i == second ? 0 : MathF.Exp(scores[i] - max);
        }

        Loss += weight * (max + MathF.Log(sum) - scores[^1]);
        for (int i = 0; i < scores.Length - 1; i++)
        {
            if (i != first && i != second)
            {
                Activations.ScoreGradients[i] += weight * MathF.Exp(scores[i] - max) / sum;
            }
        }
    }
}
