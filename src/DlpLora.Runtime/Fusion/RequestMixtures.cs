using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Fusion.Compression;

namespace DlpLora.Runtime.Fusion;

/// <summary>
/// What one request holds of adapters: the generation of each name that it used first, and the stack that is bound now. Disposing lets go
/// of all of it.
/// </summary>
/// <remarks>Not thread-safe: one request, one thread at a time.</remarks>
internal sealed class RequestMixtures(AdapterRegistry registry, FusionCache fusion, MixtureCompressor? compressor = null) : IDisposable
{
    private readonly SortedDictionary<string, AdapterWeights> _held = new(StringComparer.Ordinal);
    private readonly Dictionary<Mixture, CompressedMixture> _compressed = [];
    private string[] _stacked = [];
    private float[] _weights = [];

    /// <summary>The stack of the adapters selected last; null for the base.</summary>
    public FusedStack? Stack { get; private set; }

    /// <summary>Whether the request holds a generation of this adapter, or this compressed mixture.</summary>
    public bool Holds(string name) => _held.ContainsKey(name) || Compressed(name) is not null;

    /// <summary>The adapters that the request holds a generation of.</summary>
    public IReadOnlyCollection<string> Names => _held.Keys;

    /// <summary>Stacks the adapters of all these mixtures, ordered by name, and no others.</summary>
    /// <returns>Whether the stack is another one than before.</returns>
    /// <exception cref="UnknownAdapterException">A mixture names an adapter that is not registered and not held.</exception>
    public bool Select(params ReadOnlySpan<Mixture> mixtures)
    {
        if (mixtures.Length == 1 && AreStacked(StandIn(mixtures[0]).Adapters))
        {
            return false;
        }

        SortedSet<string> names = new(StringComparer.Ordinal);
        foreach (Mixture mixture in mixtures)
        {
            foreach (WeightedAdapter adapter in StandIn(mixture).Adapters)
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
        Stack = stacked.Length == 0 ? null : fusion.Acquire(Array.ConvertAll(stacked, name => this[name]));
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
                if (!Holds(adapter.Name))
                {
                    _held.Add(adapter.Name, registry.Acquire(adapter.Name));
                }
            }
        }
    }

    /// <summary>
    /// Takes hold of the adapters of these mixtures, and replaces those mixtures that are too wide. May take long: to be called before the prompt is read. A mixture that
    /// comes up later, in the middle of an answer, computes exactly.
    /// </summary>
    /// <param name="mixtures">The mixtures.</param>
    /// <param name="cancellation">Looked at while a mixture is compressed.</param>
    /// <exception cref="UnknownAdapterException">A mixture names an adapter that is not registered and not held.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Prepare(ReadOnlySpan<Mixture> mixtures, CancellationToken cancellation)
    {
        Hold(mixtures);
        if (compressor is null)
        {
            return;
        }

        foreach (Mixture mixture in mixtures)
        {
            if (!_compressed.ContainsKey(mixture) && compressor.Acquire(ContentOf(mixture), [.. ByContent(mixture)], cancellation) is { } compressed)
            {
                _compressed.Add(mixture, compressed);
            }
        }
    }

    /// <summary>The mixture that computes in a mixture's place: that of one compressed adapter, or the mixture itself.</summary>
    public Mixture StandIn(Mixture mixture) => _compressed.Count > 0 && _compressed.TryGetValue(mixture, out CompressedMixture? compressed) ? compressed.StandIn : mixture;

    /// <summary>How a mixture was brought to a lower rank; null where it computes exactly.</summary>
    public MixtureCompression? CompressionOf(Mixture mixture) => _compressed.GetValueOrDefault(mixture)?.Report;

    /// <summary>The content of what computes a mixture: adapters' digests and weights, the same for all requests and whatever the names; empty for the base.</summary>
    /// <param name="mixture">A mixture whose adapters are held.</param>
    public string ContentOf(Mixture mixture) =>
        string.Join('+', ByContent(mixture).Select(w => $"{w.Weights.Digest}*{BitConverter.SingleToUInt32Bits(w.Factor):x8}"));

    /// <summary>The weights that the request holds under a name.</summary>
    public AdapterWeights this[string name] => _held.TryGetValue(name, out AdapterWeights? weights) ? weights : Compressed(name)!.Weights;

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
        foreach (WeightedAdapter adapter in StandIn(mixture).Adapters)
        {
            // Two names may have one content; their weights add up.
            _weights[stack.IndexOf(this[adapter.Name])] += adapter.Weight;
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

    /// <summary>What computes a mixture, each content once, in the order of the digests. Two names may have one content; their weights add up.</summary>
    private SortedDictionary<string, (AdapterWeights Weights, float Factor)>.ValueCollection ByContent(Mixture mixture)
    {
        SortedDictionary<string, (AdapterWeights Weights, float Factor)> parts = new(StringComparer.Ordinal);
        foreach (WeightedAdapter adapter in StandIn(mixture).Adapters)
        {
            AdapterWeights weights = this[adapter.Name];
            parts[weights.Digest] = (weights, parts.GetValueOrDefault(weights.Digest).Factor + adapter.Weight);
        }

        return parts.Values;
    }

    /// <summary>The compressed mixture of this digest. Requests have few.</summary>
    private CompressedMixture? Compressed(string digest)
    {
        foreach (CompressedMixture compressed in _compressed.Values)
        {
            if (compressed.Weights.Digest == digest)
            {
                return compressed;
            }
        }

        return null;
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
        foreach (CompressedMixture compressed in _compressed.Values)
        {
            compressed.Release();
        }

        _compressed.Clear();
        registry.Trim();
    }
}
