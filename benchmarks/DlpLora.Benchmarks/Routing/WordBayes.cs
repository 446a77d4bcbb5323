using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using DlpLora.Runtime.Training;

namespace DlpLora.Benchmarks.Routing;

/// <summary>Multinomial Naive Bayes on words and pairs of words: the yardstick that shares nothing with the router.</summary>
internal sealed partial class WordBayes
{
    private const double Smoothing = 0.1;

    private readonly Dictionary<string, int> _grams = new(StringComparer.Ordinal);
    private readonly float[][] _log; // [labels][grams + 1], the last for grams that no row has

    public WordBayes(RouterTrainingData data)
    {
        Labels = [.. data.Labels];
        List<int>[] seen = [.. Labels.Select(_ => new List<int>())];
        foreach (RouterExample example in data.Examples)
        {
            List<int> own = seen[Array.IndexOf(Labels, example.Label)];
            foreach (string gram in Grams(example.Text))
            {
                ref int index = ref CollectionsMarshal.GetValueRefOrAddDefault(_grams, gram, out bool known);
                index = known ? index : _grams.Count - 1;
                own.Add(index);
            }
        }

        _log = new float[Labels.Length][];
        for (int label = 0; label < Labels.Length; label++)
        {
            float[] counts = new float[_grams.Count + 1];
            foreach (int gram in seen[label])
            {
                counts[gram]++;
            }

            double total = seen[label].Count + (Smoothing * counts.Length);
            _log[label] = [.. counts.Select(c => (float)Math.Log((c + Smoothing) / total))];
        }
    }

    public string[] Labels { get; }

    /// <summary>
    /// The most likely label, and as confidence its probability at a temperature of the root of the number of grams: the plain probability is
    /// always next to 1, the likelihood a gram tells tasks from other texts worse.
    /// </summary>
    public (string Label, double Confidence) Decide(string text)
    {
        double[] scores = new double[Labels.Length];
        int grams = 0;
        foreach (string gram in Grams(text))
        {
            int index = _grams.GetValueOrDefault(gram, _grams.Count);
            grams++;
            for (int i = 0; i < scores.Length; i++)
            {
                scores[i] += _log[i][index];
            }
        }

        int best = Array.IndexOf(scores, scores.Max());
        double temperature = Math.Sqrt(Math.Max(grams, 1));
        return (Labels[best], 1 / scores.Sum(s => Math.Exp((s - scores[best]) / temperature)));
    }

    private static IEnumerable<string> Grams(string text)
    {
        string? before = null;
        foreach (Match match in Word().Matches(text.ToLowerInvariant()))
        {
            yield return match.Value;
            if (before is not null)
            {
                yield return $"{before} {match.Value}";
            }

            before = match.Value;
        }
    }

    [GeneratedRegex(@"\w+|[^\w\s]")]
    private static partial Regex Word();
}
