using System.Text;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Routing.Wordings;
using DlpLora.Runtime.Training.Negatives;

namespace DlpLora.Runtime.Training;

/// <summary>
/// What counting alone knows: for every table row and label, how much more often the label's texts have the feature than all texts have it,
/// as a logarithm.
/// </summary>
/// <remarks>
/// Naive Bayes with the mean of all labels as the prior of each (Dirichlet smoothing): a feature that a label was never seen with speaks
/// against it, and one that nobody was seen with says nothing. A text counts a feature once, however often it has it, so that long texts
/// and repeated words weigh no more.
/// </remarks>
internal sealed class LogRatios
{
    /// <summary>The weight of the prior: as many features as the label itself has shown.</summary>
    private const double Prior = 1;

    private readonly FeatureRecipe _recipe;
    private readonly float[][] _counts; // [labels + 1][rows]; the last one is "none of them"
    private readonly double[] _totals; // [labels + 1]

    public LogRatios(FeatureRecipe recipe, int scores)
    {
        _recipe = recipe;
        _counts = [.. Enumerable.Range(0, scores).Select(_ => new float[recipe.Rows])];
        _totals = new double[scores];
    }

    public int ScoreCount => _counts.Length;

    /// <summary>Counts rows: each as it is and in some views, which count one in all.</summary>
    public void Count(IReadOnlyList<TextAnatomy> rows, string[] wordings, RouterTrainingOptions options, ParallelOptions parallel)
    {
        List<int>[] byLabel = [.. _counts.Select(_ => new List<int>())];
        for (int i = 0; i < rows.Count; i++)
        {
            byLabel[rows[i].Label].Add(i);
        }

        int views = options.Training.Views ? options.Training.CountedViews : 0;
        float weight = 1f / (views + 1);

        // A label's counts belong to one thread, so the sums do not depend on the number of threads.
        Parallel.For(0, ScoreCount, parallel, () => new Counter(_recipe.Rows), (label, _, counter) =>
        {
            foreach (int row in byLabel[label])
            {
                counter.Count(rows[row].Text, weight, this, label);
                TrainingRandom random = new(options.Seed, stream: 29, substream: (ulong)row);
                for (int i = 0; i < views; i++)
                {
                    ViewSampler.Sample(rows[row], wordings, options.Training.InventedShare, ref random, counter.View);
                    counter.Count(counter.View.ToString(), weight, this, label);
                }
            }

            return counter;
        }, _ => { });
    }

    /// <summary>Counts texts of no label.</summary>
    public void Count(NegativeSampler negatives, int texts, ulong seed)
    {
        Counter counter = new(_recipe.Rows);
        for (int i = 0; i < texts; i++)
        {
            TrainingRandom random = new(seed, stream: 31, substream: (ulong)i);
            negatives.Sample(ref random, counter.View);
            counter.Count(counter.View.ToString(), 1, this, ScoreCount - 1);
        }
    }

    /// <summary>The ratios of a table row; zeros where no text has it.</summary>
    /// <param name="row">The row.</param>
    /// <param name="ratios">[labels + 1].</param>
    public void Read(int row, Span<float> ratios)
    {
        double all = 0;
        double total = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            all += _counts[i][row];
            total += _totals[i];
        }

        ratios.Clear();
        if (all == 0)
        {
            return;
        }

        double common = all / total;
        for (int i = 0; i < ratios.Length; i++)
        {
            double own = _totals[i] == 0 ? common : _counts[i][row] / _totals[i];
            ratios[i] = (float)Math.Log((own + (Prior * common)) / ((1 + Prior) * common));
        }
    }

    /// <summary>The buffers of one thread.</summary>
    private sealed class Counter(int rows)
    {
        private readonly FeatureList _features = new();
        private readonly int[] _lastText = new int[rows];
        private int _text;

        public StringBuilder View { get; } = new();

        public void Count(string text, float weight, LogRatios into, int label)
        {
            _text++;
            _features.Read(text, into._recipe);
            float[] counts = into._counts[label];
            foreach (int row in _features.Rows)
            {
                if (_lastText[row] != _text)
                {
                    _lastText[row] = _text;
                    counts[row] += weight;
                    into._totals[label] += weight;
                }
            }
        }
    }
}
