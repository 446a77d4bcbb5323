using System.Collections.Frozen;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Generation;

/// <summary>The router for one request: its policy, and of the router's labels those that have an adapter now.</summary>
internal sealed class RequestRouting
{
    private readonly Router _router;
    private readonly RoutingPolicy _policy;
    private readonly EngineParts _parts;
    private readonly RequestMixtures _held;
    private RoutingPolicy _applied;

    private RequestRouting(EngineParts parts, Router router, RoutingPolicy policy, RequestMixtures held)
    {
        _parts = parts;
        _router = router;
        _policy = policy;
        _applied = policy;
        _held = held;
    }

    public RoutingScope Scope { get; private init; }

    public SegmentAnswering Answering { get; private init; }

    /// <summary>Whether each question of a turn is asked by itself.</summary>
    public bool OneByOne => Scope == RoutingScope.Sentence && Answering == SegmentAnswering.OneByOne;

    public float SwitchMargin => _policy.SwitchMargin;

    /// <summary>The routing of a request, or null when it pins its mixture or the engine has no router.</summary>
    /// <exception cref="RouterMismatchException">None of the router's labels has an adapter.</exception>
    public static RequestRouting? Create(EngineParts parts, GenerationRequest request, RequestMixtures held)
    {
        if (request.Mixture is not null || parts.Router is not { } router)
        {
            return null;
        }

        RequestRouting routing = new(parts, router, request.RoutingPolicy ?? parts.Options.RoutingPolicy, held)
        {
            Scope = request.RoutingScope ?? parts.Options.RoutingScope,
            Answering = request.SegmentAnswering ?? parts.Options.SegmentAnswering,
        };
        IReadOnlySet<string> registered = routing.Registered();
        if (registered.Count == 0)
        {
            throw new RouterMismatchException(
                router.Version,
                $"none of its {router.Labels.Count} labels has a registered adapter: labels {List(router.Labels)}; adapters {List(parts.Adapters.Names)}");
        }

        if (registered.Count < router.Labels.Count)
        {
            parts.WarnOfLabels(router, [.. router.Labels.Where(l => !registered.Contains(l))]);
        }

        return routing;
    }

    public RoutingDecision Decide(ReadOnlySpan<char> text) => _router.Decide(text, Policy());

    public IReadOnlyList<SegmentDecision> DecideSegments(string text) => _router.DecideSegments(text, Policy());

    /// <summary>The questions of a user's turn, each with its own decision.</summary>
    public IReadOnlyList<SegmentDecision> DecideQuestions(string text) => TurnQuestions.Find(text, DecideSegments(text), question => Decide(question));

    /// <summary>The mean of several mixtures, cut to what the policy allows.</summary>
    public Mixture Mean(IReadOnlyList<Mixture> mixtures)
    {
        WeightedAdapter[] summed =
        [
            .. mixtures.SelectMany(m => m.Adapters)
                .GroupBy(a => a.Name, StringComparer.Ordinal)
                .Select(g => new WeightedAdapter(g.Key, g.Sum(a => a.Weight) / mixtures.Count)),
        ];
        WeightedAdapter[] kept = [.. summed.OrderByDescending(a => a.Weight).ThenBy(a => a.Name, StringComparer.Ordinal).Take(_policy.MaxAdapters)];
        float scale = summed.Sum(a => a.Weight) / kept.Sum(a => a.Weight);
        return Mixture.Create([.. kept.Select(a => a with { Weight = a.Weight * scale })]);
    }

    private RoutingPolicy Policy()
    {
        // Where every label has an adapter there is nothing to look up, label by label.
        IReadOnlySet<string>? registered = Registered();
        registered = registered.Count < _router.Labels.Count ? registered : null;
        if (!ReferenceEquals(_applied.Registered, registered))
        {
            _applied = _policy with { Registered = registered };
        }

        return _applied;
    }

    /// <summary>Adapters come and go while a request runs; what it holds it may go on using.</summary>
    private IReadOnlySet<string> Registered()
    {
        FrozenSet<string> registered = _parts.LabelsOf(_router).Names;
        return _held.Names.All(registered.Contains) ? registered : new HashSet<string>([.. registered, .. _held.Names], StringComparer.Ordinal);
    }

    private static string List(IReadOnlyList<string> names) => names.Count == 0 ? "none" : string.Join(", ", names.Take(50));
}
