using System.Collections.Frozen;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Generation;

/// <summary>Which labels of a router have an adapter, for one version of the registry. Immutable: requests share it until an adapter comes or goes.</summary>
internal sealed class RegisteredLabels
{
    private readonly Router _router;
    private readonly long _version;

    private RegisteredLabels(Router router, long version, FrozenSet<string> names)
    {
        _router = router;
        _version = version;
        Names = names;
    }

    public FrozenSet<string> Names { get; }

    public static RegisteredLabels Of(Router router, AdapterRegistry adapters)
    {
        // Read before the names: what changes meanwhile makes the result an old one.
        long version = adapters.Version;
        return new RegisteredLabels(router, version, router.Labels.Where(adapters.Contains).ToFrozenSet(StringComparer.Ordinal));
    }

    public bool IsOf(Router router, AdapterRegistry adapters) => ReferenceEquals(_router, router) && _version == adapters.Version;
}
