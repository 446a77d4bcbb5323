using DlpLora.Runtime.Adapters;

namespace DlpLora.Runtime.Fusion;

/// <summary>
/// What one request holds of adapters: the generation of each name that it used first, and the stack that is bound now. Disposing lets go
/// of all of it.
/// </summary>
/// <remarks>Not thread-safe: one request, one thread at a time.</remarks>
internal sealed class RequestMixtures(AdapterRegistry registry, FusionCache fusion) : IDisposable
{
    private readonly SortedDictionary<string, AdapterWeights> _held = new(StringComparer.Ordinal);
    private string[] _stacked = [];
    private float[] _weights = [];

    /// <summary>The stack of the adapters selected last; null for the base.</summary>
    public FusedStack? Stack { get; private set; }

    /// <summary>Whether the request holds a generation of this adapter.</summary>
    public bool Holds(string name) => _held.ContainsKey(name);

    /// <summary>Stacks the adapters of all these mixtures, ordered by name, and no others.</summary>
    /// <returns>Whether the stack is another one than before.</returns>
    /// <exception cref="UnknownAdapterException">A mixture names an adapter that is not registered and not held.</exception>
    public bool Select(params ReadOnlySpan<Mixture> mixtures)
    {
        SortedSet<string> names = new(StringComparer.Ordinal);
        foreach (Mixture mixture in mixtures)
        {
            foreach (WeightedAdapter adapter in mixture.Adapters)
            {
                names.Add(adapter.Name);
            }
        }

        if (names.SetEquals(_stacked))
        {
            return false;
        }

        foreach (string name in names)
        {
            if (!_held.ContainsKey(name))
            {
                _held.Add(name, registry.Acquire(name));
            }
        }

        FusedStack? old = Stack;
        string[] stacked = [.. names];
        Stack = stacked.Length == 0 ? null : fusion.Acquire(Array.ConvertAll(stacked, name => _held[name]));
        _stacked = stacked;
        _weights = new float[stacked.Length];
        old?.Release();
        return true;
    }

    /// <summary>Writes the gate row of a mixture, [R].</summary>
    /// <param name="mixture">A mixture whose adapters are all selected.</param>
    /// <param name="gate">[R] of the selected stack; empty for the base.</param>
    public void WriteGate(Mixture mixture, Span<float> gate)
    {
        if (Stack is null)
        {
            return;
        }

        Array.Clear(_weights);
        foreach (WeightedAdapter adapter in mixture.Adapters)
        {
            _weights[Array.BinarySearch(_stacked, adapter.Name, StringComparer.Ordinal)] = adapter.Weight;
        }

        Stack.WriteGate(_weights, gate);
    }

    public void Dispose()
    {
        Stack?.Release();
        Stack = null;
        _stacked = [];
        foreach (AdapterWeights adapter in _held.Values)
        {
            adapter.Release();
        }

        _held.Clear();
        registry.Trim();
    }
}
