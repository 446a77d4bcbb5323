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

    /// <summary>The adapters that the request holds a generation of.</summary>
    public IReadOnlyCollection<string> Names => _held.Keys;

    /// <summary>Stacks the adapters of all these mixtures, ordered by name, and no others.</summary>
    /// <returns>Whether the stack is another one than before.</returns>
    /// <exception cref="UnknownAdapterException">A mixture names an adapter that is not registered and not held.</exception>
    public bool Select(params ReadOnlySpan<Mixture> mixtures)
    {
        if (mixtures.Length == 1 && AreStacked(mixtures[0].Adapters))
        {
            return false;
        }

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

        Hold(mixtures);
        FusedStack? old = Stack;
        string[] stacked = [.. names];
        Stack = stacked.Length == 0 ? null : fusion.Acquire(Array.ConvertAll(stacked, name => _held[name]));
        _stacked = stacked;
        old?.Release();
        return true;
    }

    /// <summary>Takes hold of the adapters of these mixtures, for as long as the request lasts.</summary>
    /// <exception cref="UnknownAdapterException">A mixture names an adapter that is not registered and not held.</exception>
    public void Hold(params ReadOnlySpan<Mixture> mixtures)
    {
        foreach (Mixture mixture in mixtures)
        {
            foreach (WeightedAdapter adapter in mixture.Adapters)
            {
                if (!_held.ContainsKey(adapter.Name))
                {
                    _held.Add(adapter.Name, registry.Acquire(adapter.Name));
                }
            }
        }
    }

    /// <summary>A mixture's content: its adapters' digests and weights, the same for all requests and whatever the names; empty for the base.</summary>
    /// <param name="mixture">A mixture whose adapters are held.</param>
    public string ContentOf(Mixture mixture)
    {
        // Two names may have one content; their weights add up.
        SortedDictionary<string, float> weights = new(StringComparer.Ordinal);
        foreach (WeightedAdapter adapter in mixture.Adapters)
        {
            string digest = _held[adapter.Name].Digest;
            weights[digest] = weights.GetValueOrDefault(digest) + adapter.Weight;
        }

        return string.Join('+', weights.Select(w => $"{w.Key}*{BitConverter.SingleToUInt32Bits(w.Value):x8}"));
    }

    /// <summary>The weights that the request holds under a name.</summary>
    public AdapterWeights this[string name] => _held[name];

    /// <summary>Writes the gate row of a mixture, [R] of the selected stack.</summary>
    /// <param name="mixture">A mixture whose adapters are all selected.</param>
    /// <param name="gate">[R] of the selected stack; empty for the base.</param>
    public void WriteGate(Mixture mixture, Span<float> gate) => WriteGate(mixture, Stack, gate);

    /// <summary>Writes the gate row of a mixture, [R] of a stack that has all of its adapters, whoever else's it has.</summary>
    /// <param name="mixture">A mixture whose adapters are held.</param>
    /// <param name="stack">The stack; null for the base.</param>
    /// <param name="gate">[R]; empty for the base.</param>
    public void WriteGate(Mixture mixture, FusedStack? stack, Span<float> gate)
    {
        if (stack is null)
        {
            return;
        }

        if (_weights.Length < stack.Count)
        {
            _weights = new float[stack.Count];
        }

        Array.Clear(_weights);
        foreach (WeightedAdapter adapter in mixture.Adapters)
        {
            // Two names may have one content; their weights add up.
            _weights[stack.IndexOf(_held[adapter.Name])] += adapter.Weight;
        }

        stack.WriteGate(_weights, gate);
    }

    /// <summary>Whether these adapters, which a mixture has in the order of their names, are the ones stacked. Allocates nothing: it is asked at every lone token.</summary>
    private bool AreStacked(IReadOnlyList<WeightedAdapter> adapters)
    {
        bool same = adapters.Count == _stacked.Length;
        for (int i = 0; same && i < _stacked.Length; i++)
        {
            same = adapters[i].Name == _stacked[i];
        }

        return same;
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
