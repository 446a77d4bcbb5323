using DlpLora.Runtime.Adapters;

namespace DlpLora.Runtime.Routing;

/// <summary>What the router decided for one text, and why.</summary>
/// <remarks>
/// <see cref="Router.Decide(ReadOnlySpan{char}, RoutingPolicy, RoutingDecision)"/> overwrites the instance that it is given, so that deciding
/// allocates nothing; such an instance belongs to one caller at a time. A decision that nobody passes in again never changes.
/// </remarks>
public sealed class RoutingDecision
{
    private readonly List<RoutedAdapter> _adapters = new(4);
    private float[] _probabilities = [];
    private float[] _scores = [];

    /// <summary>The kept adapters, most likely first; empty when the base alone answers.</summary>
    public IReadOnlyList<RoutedAdapter> Adapters => _adapters;

    /// <summary>Whether the base alone answers.</summary>
    public bool Abstained => _adapters.Count == 0;

    /// <summary>Why.</summary>
    public RoutingReason Reason { get; internal set; } = RoutingReason.EmptyText;

    /// <summary>The calibrated probability that the text belongs to one of the candidates at all, 0 to 1. Below the threshold the router abstains.</summary>
    public float Confidence { get; internal set; }

    /// <summary>The threshold that <see cref="Confidence"/> was held against; 0 when the policy does not abstain.</summary>
    public float Threshold { get; internal set; }

    /// <summary>
    /// The calibrated probability of every label, in the order of <see cref="Labels"/>; 0 for those left out before the softmax.
    /// Filled when the router abstains as well.
    /// </summary>
    public ReadOnlySpan<float> Probabilities => _probabilities.AsSpan(0, Labels.Count);

    /// <summary>
    /// The score of every label, in the order of <see cref="Labels"/>, and the one of "none of them" last, as the router computed them: before temperature,
    /// allow-list and softmax.
    /// </summary>
    public ReadOnlySpan<float> Scores => _scores.AsSpan(0, Labels.Count == 0 ? 0 : Labels.Count + 1);

    /// <summary>The router's labels.</summary>
    public IReadOnlyList<string> Labels { get; private set; } = [];

    /// <summary>The version of the router that decided; empty before the first decision.</summary>
    public string RouterVersion { get; internal set; } = string.Empty;

    /// <summary>Wall time of the decision in microseconds.</summary>
    public double Microseconds { get; internal set; }

    /// <summary>The mixture that the decision asks for; empty when it abstained.</summary>
    public Mixture ToMixture()
    {
        if (_adapters.Count == 0)
        {
            return Mixture.Empty;
        }

        WeightedAdapter[] weighted = new WeightedAdapter[_adapters.Count];
        for (int i = 0; i < weighted.Length; i++)
        {
            weighted[i] = new WeightedAdapter(_adapters[i].Name, _adapters[i].Weight);
        }

        return Mixture.Create(weighted);
    }

    /// <summary>The calibrated probability of a label; 0 when the router does not know it.</summary>
    /// <param name="label">The label.</param>
    public float ProbabilityOf(string label)
    {
        for (int i = 0; i < Labels.Count; i++)
        {
            if (string.Equals(Labels[i], label, StringComparison.Ordinal))
            {
                return _probabilities[i];
            }
        }

        return 0;
    }

    /// <summary>
    /// Whether this decision should replace an earlier one in the same answer (hysteresis): its first adapter is another one and beats the
    /// earlier one's first adapter by at least the margin, in this decision's probabilities. An abstention never takes an adapter away in
    /// the middle of an answer; a confident decision may give one to the base.
    /// </summary>
    /// <param name="earlier">The decision in force.</param>
    /// <param name="margin">The margin, 0 to 1 (<see cref="RoutingPolicy.SwitchMargin"/>).</param>
    public bool Supersedes(RoutingDecision earlier, float margin)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        if (Abstained)
        {
            return false;
        }

        RoutedAdapter first = _adapters[0];
        if (earlier.Abstained)
        {
            return first.Probability >= margin;
        }

        string held = earlier._adapters[0].Name;
        return !string.Equals(first.Name, held, StringComparison.Ordinal) && first.Probability - ProbabilityOf(held) >= margin;
    }

    /// <summary>The decision in one line, as <c>0.91 a + 0.09 b (TopP)</c>.</summary>
    public override string ToString() => $"{ToMixture()} ({Reason})";

    /// <summary>Prepares the buffers for a router, [labels + 1] each; allocates only when the label count has grown.</summary>
    internal (float[] Scores, float[] Probabilities) Reset(Router router)
    {
        _adapters.Clear();
        Labels = router.Labels;
        RouterVersion = router.Version;
        int scores = router.Model.ScoreCount;
        if (_probabilities.Length < scores)
        {
            _probabilities = new float[scores];
            _scores = new float[scores];
        }

        return (_scores, _probabilities);
    }

    internal void Keep(RoutedAdapter adapter) => _adapters.Add(adapter);

    internal void Reweigh(int index, float weight) => _adapters[index] = _adapters[index] with { Weight = weight };
}
