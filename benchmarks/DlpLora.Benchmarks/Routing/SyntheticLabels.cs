using System.Numerics.Tensors;
using System.Text;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Routing.Prototypes;
using DlpLora.Runtime.Training;
using DlpLora.Runtime.Training.Negatives;

namespace DlpLora.Benchmarks.Routing;

/// <summary>
/// Labels of adapters that nobody has: made-up tasks, fitted beside the real labels by what <see cref="Router.AddAdapter"/> uses, and perturbed copies.
/// </summary>
/// <remarks>
/// A task of its own lies elsewhere than the real ones; a near copy of a real task would be for the same texts and right to take them. So a made-up task
/// has its own words (some everyday, some invented) in three wordings of everyday prompts. There is no room for the words of 10,000 labels, so all have
/// their prototype alone. A copy is turned by noise of half the prototype's length, and keeps the distance to the texts of the real labels that the
/// original was fitted to.
/// </remarks>
internal static class SyntheticLabels
{
    /// <summary>The labels that are fitted; the ones behind are copies.</summary>
    public const int Fitted = 966;

    private const int Examples = 10;
    private const int Wordings = 3;
    private const int Vocabulary = 40;
    private const double Noise = 0.5;
    private const ulong Seed = 1;

    private static readonly string[] Everyday = [.. PromptWords.All.OrderBy(w => w.Key, StringComparer.Ordinal).SelectMany(w => w.Value).Where(w => !w.Contains(' ', StringComparison.Ordinal))];
    private static readonly string[] Syllables = ["ba", "cor", "dim", "el", "fro", "gul", "hen", "is", "jot", "ka", "lum", "mer", "no", "ost", "pri", "qua", "ren", "sil", "tur", "ven", "wis", "yal", "zem"];

    public static AddedLabel[] Create(RouterModel model, int count)
    {
        AddedLabel[] labels = new AddedLabel[count];
        Parallel.For(0, Math.Min(Fitted, count), i => labels[i] = PrototypeFit.Fit(model, Task(model.Recipe, i), words: 0).Label);
        (float[][] pooled, float[] best) = Kept(model);
        for (int i = Fitted; i < count; i++)
        {
            TrainingRandom random = new(Seed, stream: 2, substream: (ulong)i);
            labels[i] = Perturb(labels[random.Below(Fitted)], pooled, best, ref random);
        }

        return labels;
    }

    private static List<uint[]> Task(FeatureRecipe recipe, int index)
    {
        TrainingRandom random = new(Seed, stream: 1, substream: (ulong)index);
        string[] words = new string[Vocabulary];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = i % 2 == 0
                ? Everyday[random.Below(Everyday.Length)]
                : Syllables[random.Below(Syllables.Length)] + Syllables[random.Below(Syllables.Length)] + Syllables[random.Below(Syllables.Length)];
        }

        StringBuilder text = new();
        string[] wordings = new string[Wordings];
        for (int i = 0; i < wordings.Length; i++)
        {
            PromptGrammar.Training.Append(ref random, text.Clear());
            wordings[i] = text.ToString();
        }

        List<uint[]> examples = [];
        for (int i = 0; i < Examples; i++)
        {
            text.Clear().Append(wordings[i % Wordings]).Append('\n');
            for (int word = 8 + random.Below(24); word > 0; word--)
            {
                text.Append(words[random.Below(words.Length)]).Append(word == 1 ? '.' : ' ');
            }

            examples.Add(FeatureHashes.Of(text.ToString(), recipe));
        }

        return examples;
    }

    /// <summary>The pooled vectors of the texts that the router keeps, and the score of what they belong to.</summary>
    private static (float[][] Pooled, float[] Own) Kept(RouterModel model)
    {
        List<float[]> pooled = [];
        List<float> own = [];
        int[] sums = new int[model.SumLength];
        float[] scores = new float[model.ScoreCount];
        foreach (ReplayRow row in model.Replay.Rows)
        {
            float[] vector = new float[model.Recipe.Width];
            model.Sum(row.Features, sums);
            model.Pool(sums, row.Features.Length, vector);
            model.Score(sums, row.Features.Length, scores);
            pooled.Add(vector);
            own.Add(row.Label < 0 ? scores[^1] : scores[row.Label]);
        }

        return ([.. pooled], [.. own]);
    }

    private static AddedLabel Perturb(AddedLabel original, float[][] pooled, float[] own, ref TrainingRandom random)
    {
        double length = Math.Sqrt(original.Vector.Sum(v => (double)v * v) / original.Vector.Length);
        float[] vector = new float[original.Vector.Length];
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = original.Vector[i] + (float)(Noise * length * random.Normal());
        }

        float step = Math.Abs(TensorPrimitives.MaxMagnitude<float>(vector)) / 127;
        AddedLabel copy = original with { Vector = [.. vector.Select(v => (sbyte)MathF.Round(v / step))], Scale = original.Scale * step };
        float missing = Distance(original, pooled, own) - Distance(copy, pooled, own);
        return copy with { Bias = copy.Bias - Math.Max(missing, 0) };
    }

    /// <summary>By how much the text that likes the label best prefers what it belongs to.</summary>
    private static float Distance(AddedLabel label, float[][] pooled, float[] own)
    {
        float least = float.PositiveInfinity;
        float[] vector = [.. label.Vector.Select(v => (float)v)];
        for (int i = 0; i < pooled.Length; i++)
        {
            least = Math.Min(least, own[i] - label.Bias - (label.Scale * TensorPrimitives.Dot<float>(vector, pooled[i].AsSpan(0, vector.Length))));
        }

        return least;
    }
}
