using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Models;

namespace DlpLora.Runtime.Fusion;

/// <summary>
/// The one stack that the rows of a batch share: every adapter that a row uses is in it once, however many rows and mixtures use it, and each
/// row's gate is zero at the others'.
/// </summary>
/// <remarks>Not thread-safe. The stack is kept alive until the next <see cref="Select"/>.</remarks>
internal sealed class BatchStack(ModelManifest model) : IDisposable
{
    /// <summary>Adapters of rows that left stay stacked until they are the larger part: stacking anew costs more than computing with zeros.</summary>
    private const int MostUnused = 2;

    private readonly List<AdapterWeights> _needed = [];
    private readonly HashSet<string> _digests = new(StringComparer.Ordinal);

    /// <summary>The stack; null when all rows are the base's.</summary>
    public FusedStack? Stack { get; private set; }

    /// <summary>Stacks what the first rows need now; where that is done anew, with it what the others will need, so that it is not done again for each.</summary>
    /// <param name="held">What each row's request holds.</param>
    /// <param name="mixtures">Each row's mixture in force.</param>
    /// <param name="count">How many rows need theirs now.</param>
    public void Select(ReadOnlySpan<RequestMixtures> held, ReadOnlySpan<Mixture> mixtures, int count)
    {
        Collect(held[..count], mixtures[..count]);
        for (int i = 0; i < count; i++)
        {
            if (Holds(held[i], mixtures[i]))
            {
                // This row's own stack holds everything. It is kept and shared by content.
                held[i].Select(mixtures[i]);
                Replace(held[i].Stack is { } own && own.TryAddOwner() ? own : null);
                return;
            }
        }

        bool enough = Stack is { } now && _needed.TrueForAll(a => now.IndexOf(a) >= 0);
        int rows = Collect(held, mixtures);
        if (!enough || Stack!.Rows > MostUnused * rows)
        {
            Replace(FusedStack.Create(model, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_needed)));
        }
    }

    public void Dispose() => Replace(null);

    /// <summary>Collects the adapters of all rows, each content once, in the order of the rows. Returns their rows in a stack.</summary>
    private int Collect(ReadOnlySpan<RequestMixtures> held, ReadOnlySpan<Mixture> mixtures)
    {
        _needed.Clear();
        _digests.Clear();
        int rows = 0;
        for (int i = 0; i < held.Length; i++)
        {
            foreach (WeightedAdapter adapter in mixtures[i].Adapters)
            {
                AdapterWeights weights = held[i][adapter.Name];
                if (_digests.Add(weights.Digest))
                {
                    _needed.Add(weights);
                    rows = checked(rows + weights.Rows);
                }
            }
        }

        return rows;
    }

    /// <summary>Whether a row uses everything that any row needs. Its names alone do not tell: two may have one content.</summary>
    private bool Holds(RequestMixtures held, Mixture mixture)
    {
        int found = 0;
        for (int i = 0; i < mixture.Adapters.Count; i++)
        {
            found += _digests.Remove(held[mixture.Adapters[i].Name].Digest) ? 1 : 0;
        }

        foreach (AdapterWeights weights in _needed)
        {
            _digests.Add(weights.Digest);
        }

        return found == _needed.Count;
    }

    private void Replace(FusedStack? stack)
    {
        Stack?.Release();
        Stack = stack;
        _needed.Clear();
    }
}
