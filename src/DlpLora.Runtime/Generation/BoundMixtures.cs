using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Models;

namespace DlpLora.Runtime.Generation;

/// <summary>The stack and the gates that the rows of a batch decode with; bound anew only when a row or its mixture changes.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class BoundMixtures(ModelManifest model, int maximumRows) : IDisposable
{
    private readonly BatchStack _stack = new(model);

    /// <summary>By row, those that decode before those that still read.</summary>
    private readonly RequestMixtures[] _held = new RequestMixtures[maximumRows];
    private readonly Mixture[] _mixtures = new Mixture[maximumRows];

    /// <summary>How many rows are bound as <see cref="_held"/> and <see cref="_mixtures"/> say; 0 for none.</summary>
    private int _bound;

    /// <summary>Says that something else was bound, for a lone row.</summary>
    public void Forget() => _bound = _bound == 1 ? 0 : _bound;

    /// <summary>Binds the mixtures in force for the first rows, if others are bound.</summary>
    /// <param name="decoder">The decoder.</param>
    /// <param name="jobs">All rows; those that still read will decode soon, so their adapters are stacked with the others'.</param>
    /// <param name="count">How many decode.</param>
    public void Bind(IDecoder decoder, IReadOnlyList<GenerationJob> jobs, int count)
    {
        bool same = _bound == count;
        bool uniform = true;
        for (int row = 0; row < count; row++)
        {
            RequestMixtures held = jobs[row].Mixtures;
            Mixture mixture = held.StandIn(jobs[row].InForce);
            same &= ReferenceEquals(held, _held[row]) && ReferenceEquals(mixture, _mixtures[row]);
            _held[row] = held;
            _mixtures[row] = mixture;
            uniform &= row == 0 || mixture.Equals(_mixtures[0]);
        }

        if (same)
        {
            return;
        }

        for (int row = count; row < jobs.Count; row++)
        {
            _held[row] = jobs[row].Mixtures;
            _mixtures[row] = _held[row].StandIn(jobs[row].InForce);
        }

        _bound = 0;
        _stack.Select(_held.AsSpan(0, jobs.Count), _mixtures.AsSpan(0, jobs.Count), count);
        uniform &= SameWeights(count);
        int gates = uniform ? 1 : count;

        // [gates, R]
        Span<float> gate = decoder.Bind(count, _stack.Stack, gates);
        int width = gate.Length / gates;
        for (int row = 0; row < gates; row++)
        {
            _held[row].WriteGate(_mixtures[row], _stack.Stack, gate.Slice(row * width, width));
        }

        _bound = count;
    }

    /// <summary>Lets go of the stack; the next rows are bound anew.</summary>
    public void Release()
    {
        _bound = 0;
        _stack.Dispose();
    }

    public void Dispose() => _stack.Dispose();

    /// <summary>Whether equal names mean equal adapters: one may have been replaced between two requests.</summary>
    private bool SameWeights(int count)
    {
        foreach (WeightedAdapter adapter in _mixtures[0].Adapters)
        {
            for (int row = 1; row < count; row++)
            {
                if (!_held[row].Holds(adapter.Name) || !ReferenceEquals(_held[row][adapter.Name], _held[0][adapter.Name]))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
