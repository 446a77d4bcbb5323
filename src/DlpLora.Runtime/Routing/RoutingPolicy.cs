namespace DlpLora.Runtime.Routing;

/// <summary>How scores become a mixture. Immutable; one policy may serve any number of threads.</summary>
/// <remarks>The sets are asked at every decision and must not change while one is being made.</remarks>
public sealed record RoutingPolicy
{
    private readonly float _topP = 0.9f;
    private readonly int _maxAdapters = 3;
    private readonly float? _abstentionThreshold;
    private readonly float _switchMargin = 0.2f;

    /// <summary>The defaults: top-p 0.9, at most 3 adapters, renormalized weights, abstention as the router was calibrated.</summary>
    public static RoutingPolicy Default { get; } = new();

    /// <summary>Keep the smallest set of adapters, most likely first, whose probabilities reach this; above 0, at most 1.</summary>
    /// <value>The default is 0.9.</value>
    /// <exception cref="ArgumentOutOfRangeException">Not in (0, 1].</exception>
    public float TopP
    {
        get => _topP;
        init
        {
            if (!(value is > 0 and <= 1))
            {
                throw new ArgumentOutOfRangeException(nameof(TopP), value, "TopP must be above 0 and at most 1.");
            }

            _topP = value;
        }
    }

    /// <summary>The most adapters of a mixture, at least 1.</summary>
    /// <value>The default is 3.</value>
    /// <exception cref="ArgumentOutOfRangeException">Zero or negative.</exception>
    public int MaxAdapters
    {
        get => _maxAdapters;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(MaxAdapters));
            _maxAdapters = value;
        }
    }

    /// <summary>How the kept probabilities become weights.</summary>
    /// <value>The default is <see cref="RoutingWeighting.Renormalized"/>.</value>
    public RoutingWeighting Weighting { get; init; } = RoutingWeighting.Renormalized;

    /// <summary>Whether a text that belongs to no candidate gets the base.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Abstain { get; init; } = true;

    /// <summary>The confidence below which the router abstains, 0 to 1; null takes the router's calibrated threshold.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    /// <exception cref="ArgumentOutOfRangeException">Not in [0, 1].</exception>
    public float? AbstentionThreshold
    {
        get => _abstentionThreshold;
        init
        {
            if (value is { } threshold && !(threshold is >= 0 and <= 1))
            {
                throw new ArgumentOutOfRangeException(nameof(AbstentionThreshold), value, "AbstentionThreshold must be from 0 to 1.");
            }

            _abstentionThreshold = value;
        }
    }

    /// <summary>The labels that this request may use; null allows all. Others are left out before the softmax.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public IReadOnlySet<string>? AllowList { get; init; }

    /// <summary>The labels that have a registered adapter; null takes all. Others are left out before the softmax.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public IReadOnlySet<string>? Registered { get; init; }

    /// <summary>While generating, by how much probability a new first adapter must beat the present one to replace it, 0 to 1.</summary>
    /// <value>The default is 0.2.</value>
    /// <exception cref="ArgumentOutOfRangeException">Not in [0, 1].</exception>
    public float SwitchMargin
    {
        get => _switchMargin;
        init
        {
            if (!(value is >= 0 and <= 1))
            {
                throw new ArgumentOutOfRangeException(nameof(SwitchMargin), value, "SwitchMargin must be from 0 to 1.");
            }

            _switchMargin = value;
        }
    }

    /// <summary>Whether a label may be chosen.</summary>
    internal bool Admits(string label) =>
        (AllowList is null || AllowList.Contains(label)) && (Registered is null || Registered.Contains(label));
}
