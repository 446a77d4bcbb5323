using System.Numerics.Tensors;

namespace DlpLora.Runtime.Routing;

/// <summary>Scores to the kept adapters and their weights.</summary>
internal static class AdapterSelection
{
    /// <summary>Fills a decision.</summary>
    /// <param name="model">The router's model.</param>
    /// <param name="scores">[labels + 1]; overwritten with the probabilities.</param>
    /// <param name="features">How many features the text had.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="into">The decision that owns <paramref name="scores"/>.</param>
    public static void Select(RouterModel model, Span<float> scores, int features, RoutingPolicy policy, RoutingDecision into)
    {
        into.Threshold = policy.Abstain ? policy.AbstentionThreshold ?? model.Calibration.AbstentionThreshold : 0;
        into.Confidence = Normalize(model, scores, policy);
        Span<float> probabilities = scores[..model.Labels.Length];
        if (into.Confidence < 0)
        {
            into.Confidence = 0;
            into.Reason = RoutingReason.NoCandidate;
        }
        else if (policy.Abstain && features == 0)
        {
            into.Reason = RoutingReason.EmptyText;
        }
        else if (policy.Abstain && into.Confidence < into.Threshold)
        {
            into.Reason = RoutingReason.Abstained;
        }
        else
        {
            KeepTopP(model.Labels, probabilities, policy, into);
        }
    }

    /// <summary>
    /// Turns the scores into probabilities over the candidates and returns the share that they have among all labels and "none";
    /// -1 when there is no candidate.
    /// </summary>
    private static float Normalize(RouterModel model, Span<float> scores, RoutingPolicy policy)
    {
        // The maximum is subtracted first: exp of a large score is infinite.
        TensorPrimitives.Subtract(scores, TensorPrimitives.Max<float>(scores), scores);
        TensorPrimitives.Multiply(scores, 1 / model.Calibration.Temperature, scores);
        Span<float> candidates = scores[..^1];
        bool filtered = policy.AllowList is not null || policy.Registered is not null;
        float others = 0;
        for (int i = 0; filtered && i < candidates.Length; i++)
        {
            if (!policy.Admits(model.Labels[i]))
            {
                others += MathF.Exp(candidates[i]);
                candidates[i] = float.NegativeInfinity;
            }
        }

        float best = TensorPrimitives.Max<float>(candidates);
        if (float.IsNegativeInfinity(best))
        {
            scores.Clear();
            return -1;
        }

        float none = MathF.Exp(scores[^1]);
        TensorPrimitives.Subtract(candidates, best, candidates);
        TensorPrimitives.Exp(candidates, candidates);
        float sum = TensorPrimitives.Sum<float>(candidates);
        TensorPrimitives.Divide(candidates, sum, candidates);
        JoinTwins(model, candidates, policy);
        float inside = sum * MathF.Exp(best);
        return inside / (inside + others + none);
    }

    /// <summary>Labels for the same texts share what they have: the first of a group that may answer takes it all, so that two do not answer as one half each.</summary>
    private static void JoinTwins(RouterModel model, Span<float> probabilities, RoutingPolicy policy)
    {
        foreach (int[] group in model.Twins)
        {
            int first = -1;
            float sum = 0;
            foreach (int label in group)
            {
                first = first < 0 && policy.Admits(model.Labels[label]) ? label : first;
                sum += probabilities[label];
                probabilities[label] = 0;
            }

            if (first >= 0)
            {
                probabilities[first] = sum;
            }
        }
    }

    private static void KeepTopP(string[] labels, Span<float> probabilities, RoutingPolicy policy, RoutingDecision into)
    {
        float reached = 0;
        int next = BestOf(labels, probabilities);
        while (next >= 0)
        {
            into.Keep(new RoutedAdapter(labels[next], 1, probabilities[next]));
            reached += probabilities[next];

            // Its sign marks the label as kept while the next one is looked for: nothing is sorted.
            probabilities[next] = -probabilities[next];
            if (policy.Weighting == RoutingWeighting.Unit || reached >= policy.TopP || into.Adapters.Count == policy.MaxAdapters)
            {
                break;
            }

            next = BestOf(labels, probabilities);
        }

        // Where every candidate is kept, their sum may miss a top-p of 1 by rounding.
        bool cut = policy.Weighting != RoutingWeighting.Unit && reached < policy.TopP && TensorPrimitives.Max<float>(probabilities) > 0;
        into.Reason = cut ? RoutingReason.MaxAdapters : RoutingReason.TopP;
        TensorPrimitives.Abs(probabilities, probabilities);
        Weigh(policy.Weighting, reached, into);
    }

    private static void Weigh(RoutingWeighting weighting, float reached, RoutingDecision into)
    {
        if (weighting == RoutingWeighting.Unit)
        {
            return;
        }

        float sum = 0;
        if (weighting == RoutingWeighting.PaperSoftmax)
        {
            for (int i = 0; i < into.Adapters.Count; i++)
            {
                sum += MathF.Exp(into.Adapters[i].Probability);
            }
        }

        for (int i = 0; i < into.Adapters.Count; i++)
        {
            float probability = into.Adapters[i].Probability;
            into.Reweigh(i, weighting == RoutingWeighting.PaperSoftmax ? MathF.Exp(probability) / sum : probability / reached);
        }
    }

    /// <summary>The likeliest label; of equal ones the first by name, in whatever order they were registered. -1 when none is left with a probability.</summary>
    private static int BestOf(string[] labels, ReadOnlySpan<float> probabilities)
    {
        int best = TensorPrimitives.IndexOfMax(probabilities);
        float most = probabilities[best];
        if (!(most > 0))
        {
            return -1;
        }

        for (int i = best + 1; i < probabilities.Length;)
        {
            int offset = probabilities[i..].IndexOf(most);
            if (offset < 0)
            {
                break;
            }

            i += offset;
            best = string.CompareOrdinal(labels[i], labels[best]) < 0 ? i : best;
            i++;
        }

        return best;
    }
}
