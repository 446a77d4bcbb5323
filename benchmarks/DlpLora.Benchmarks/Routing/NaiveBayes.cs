using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Training;

namespace DlpLora.Benchmarks.Routing;

/// <summary>Multinomial Naive Bayes on the router's own features, in a table without collisions worth the name: the yardstick.</summary>
internal sealed class NaiveBayes
{
    private const int Buckets = 1 << 20;
    private const double Smoothing = 0.1;

    private readonly FeatureRecipe _recipe;
    private readonly float[] _log; // [labels, Buckets]
    private readonly FeatureList _features = new();

    public NaiveBayes(RouterTrainingData data, FeatureRecipe recipe)
    {
        _recipe = recipe with { Rows = Buckets };
        Labels = [.. data.Labels];
        _log = new float[Labels.Length * Buckets];
        double[] totals = new double[Labels.Length];
        foreach (RouterExample example in data.Examples)
        {
            int label = Array.IndexOf(Labels, example.Label);
            _features.Read(example.Text, _recipe);
            foreach (int row in _features.Rows)
            {
                _log[(label * Buckets) + row]++;
                totals[label]++;
            }
        }

        for (int i = 0; i < _log.Length; i++)
        {
            double total = totals[i / Buckets];
            _log[i] = (float)Math.Log((_log[i] + Smoothing) / (total + (Smoothing * Buckets)));
        }
    }

    public string[] Labels { get; }

    /// <summary>The log likelihood of every label.</summary>
    public double[] Score(string text)
    {
        double[] scores = new double[Labels.Length];
        _features.Read(text, _recipe);
        foreach (int row in _features.Rows)
        {
            for (int i = 0; i < scores.Length; i++)
            {
                scores[i] += _log[(i * Buckets) + row];
            }
        }

        return scores;
    }

    public double Accuracy(IReadOnlyList<RouterExample> rows)
    {
        int right = 0;
        foreach (RouterExample row in rows)
        {
            double[] scores = Score(row.Text);
            right += Labels[Array.IndexOf(scores, scores.Max())] == row.Label ? 1 : 0;
        }

        return (double)right / rows.Count;
    }
}
