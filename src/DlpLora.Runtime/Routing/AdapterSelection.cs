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
        float best = float.NegativeInfinity;
        bool filtered = policy.AllowList is not null || policy.Registered is not null;
        float others = 0;
        for (int i = 0; i < model.Labels.Length; i++)
        {
            if (!filtered || policy.Admits(model.Labels[i]))
            {
                best = Math.Max(best, scores[i]);
            }
            else
            {
                others += MathF.Exp(scores[i]);
                scores[i] = float.NegativeInfinity;
            }
        }

        if (float.IsNegativeInfinity(best))
        {
            scores.Clear();
            return -1;
        }

        float none = MathF.Exp(scores[^1]);
        Span<float> candidates = scores[..^1];
        float sum = 0;
        for (int i = 0; i < candidates.Length; i++)
        {
            candidates[i] = MathF.Exp(candidates[i] - best);
            sum += candidates[i];
        }

        TensorPrimitives.Divide(candidates, sum, candidates);
        float inside = sum * MathF.Exp(best);
        return inside / (inside + others + none);
    }

    private static void KeepTopP(string[] labels, Span<float> probabilities, RoutingPolicy policy, RoutingDecision into)
    {
        float reached = 0;
        int last = -1;
        while (true)
        {
            int next = NextBest(probabilities, last);
            if (next < 0)
            {
                break;
            }

            into.Keep(new RoutedAdapter(labels[next], 1, probabilities[next]));
            reached += probabilities[next];
            last = next;
            if (policy.Weighting == RoutingWeighting.Unit || reached >= policy.TopP || into.Adapters.Count == policy.MaxAdapters)
            {
                break;
            }
        }

        // Where every candidate is kept, their sum may miss a top-p of 1 by rounding.
        bool cut = policy.Weighting != RoutingWeighting.Unit && reached < policy.TopP && NextBest(probabilities, last) >= 0;
        into.Reason = cut ? RoutingReason.MaxAdapters : RoutingReason.TopP;
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

    /// <summary>The likeliest label after the one kept last; equal probabilities go by label order. -1 when none is left with a probability.</summary>
    private static int NextBest(ReadOnlySpan<float> probabilities, int last)
    {
        int best = -1;
        for (int i = 0; i < probabilities.Length; i++)
        {
            float p = probabilities[i];
            bool after = last < 0 || p < probabilities[last] || (p == probabilities[last] && i > last);
            if (after && p > 0 && (best < 0 || p > probabilities[best]))
            {
                best = i;
            }
        }

        return best;
    }
}
