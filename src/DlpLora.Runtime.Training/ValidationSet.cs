using System.Numerics.Tensors;
using DlpLora.Runtime.Routing.Wordings;

namespace DlpLora.Runtime.Training;

/// <summary>Views of the rows kept out of training: whole, content alone, and in a neutral wording; and negatives kept out likewise.</summary>
internal sealed class ValidationSet
{
    /// <summary>More rows a label make the figures no steadier and the epochs longer.</summary>
    private const int RowsPerLabel = 40;

    private readonly string[] _texts;
    private readonly int[] _labels;

    private ValidationSet(string[] texts, int[] labels, string[] negatives)
    {
        _texts = texts;
        _labels = labels;
        Negatives = negatives;
    }

    public IReadOnlyList<string> Texts => _texts;

    public IReadOnlyList<int> Labels => _labels;

    public IReadOnlyList<string> Negatives { get; }

    public bool IsEmpty => _texts.Length == 0;

    public static ValidationSet Create(
        IReadOnlyList<TextAnatomy> rows, IReadOnlyList<string> negatives, int labels, RouterTrainingOptions options)
    {
        TrainingRandom random = new(options.Seed, stream: 5);
        List<string> texts = [];
        List<int> targets = [];
        int[] taken = new int[labels];
        foreach (TextAnatomy row in rows)
        {
            if (taken[row.Label]++ >= RowsPerLabel)
            {
                continue;
            }

            texts.AddRange([row.Text, TextComposer.Content(row), ViewSampler.Reworded(row, ref random)]);
            targets.AddRange([row.Label, row.Label, row.Label]);
        }

        return new ValidationSet([.. texts], [.. targets], [.. negatives]);
    }

    /// <summary>Mean loss and top-1 over the views; negatives do not count.</summary>
    public (double Loss, double Accuracy) Measure(RouterNetwork network, ParallelOptions parallel)
    {
        if (IsEmpty)
        {
            return (0, 0);
        }

        double[] losses = new double[_texts.Length];
        bool[] right = new bool[_texts.Length];
        Parallel.For(0, _texts.Length, parallel, () => (new FeatureList(), new Activations(network)), (i, _, buffers) =>
        {
            (FeatureList features, Activations a) = buffers;
            features.Read(_texts[i], network.Recipe);
            network.Forward(features.Rows, a);
            float max = TensorPrimitives.Max<float>(a.Scores);
            float sum = 0;
            foreach (float score in a.Scores)
            {
                sum += MathF.Exp(score - max);
            }

            losses[i] = MathF.Log(sum) + max - a.Scores[_labels[i]];
            right[i] = TensorPrimitives.IndexOfMax(a.Scores.AsSpan(..^1)) == _labels[i];
            return buffers;
        }, _ => { });
        return (losses.Average(), right.Count(r => r) / (double)right.Length);
    }
}
