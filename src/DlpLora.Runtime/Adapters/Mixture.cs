using System.Globalization;

namespace DlpLora.Runtime.Adapters;

/// <summary>An immutable set of weighted adapters. The empty mixture is the base alone.</summary>
/// <remarks>Two mixtures are equal when they hold the same names with the same weights, in whatever order they were given.</remarks>
public sealed class Mixture : IEquatable<Mixture>
{
    private readonly WeightedAdapter[] _adapters;

    private Mixture(WeightedAdapter[] adapters, IReadOnlyList<string> leftOut)
    {
        _adapters = adapters;
        LeftOut = leftOut;
    }

    /// <summary>The base alone.</summary>
    public static Mixture Empty { get; } = new([], []);

    /// <summary>The adapters, ordered by name.</summary>
    public IReadOnlyList<WeightedAdapter> Adapters => _adapters;

    /// <summary>Whether this is the base alone.</summary>
    public bool IsEmpty => _adapters.Length == 0;

    /// <summary>Names that were given with weight 0. They compute nothing, but a name that nobody has is an error all the same.</summary>
    internal IReadOnlyList<string> LeftOut { get; }

    /// <summary>Creates a mixture.</summary>
    /// <param name="adapters">The adapters with their weights; an adapter of weight 0 is left out.</param>
    /// <exception cref="ArgumentException">A name is empty or given twice, or a weight is not finite.</exception>
    public static Mixture Create(params ReadOnlySpan<WeightedAdapter> adapters)
    {
        List<WeightedAdapter> kept = new(adapters.Length);
        List<string> leftOut = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (WeightedAdapter adapter in adapters)
        {
            if (string.IsNullOrEmpty(adapter.Name))
            {
                throw new ArgumentException("An adapter of the mixture has no name.", nameof(adapters));
            }

            if (!float.IsFinite(adapter.Weight))
            {
                throw new ArgumentException($"The weight of '{adapter.Name}' is {adapter.Weight}; expected a finite number.", nameof(adapters));
            }

            if (!names.Add(adapter.Name))
            {
                throw new ArgumentException($"'{adapter.Name}' is in the mixture twice.", nameof(adapters));
            }

            if (adapter.Weight != 0)
            {
                kept.Add(adapter);
            }
            else
            {
                leftOut.Add(adapter.Name);
            }
        }

        if (names.Count == 0)
        {
            return Empty;
        }

        kept.Sort((x, y) => string.CompareOrdinal(x.Name, y.Name));
        return new Mixture([.. kept], leftOut);
    }

    /// <summary>One adapter.</summary>
    /// <param name="name">The adapter's name.</param>
    /// <param name="weight">Its weight. Default 1.</param>
    /// <exception cref="ArgumentException">The name is empty, or the weight is not finite.</exception>
    public static Mixture Of(string name, float weight = 1f) => Create(new WeightedAdapter(name, weight));

    /// <inheritdoc/>
    public bool Equals(Mixture? other) => other is not null && _adapters.AsSpan().SequenceEqual(other._adapters);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Mixture);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (WeightedAdapter adapter in _adapters)
        {
            hash.Add(adapter.Name, StringComparer.Ordinal);
            hash.Add(adapter.Weight);
        }

        return hash.ToHashCode();
    }

    /// <summary>The adapters as <c>0.62 a + 0.38 b</c>, or <c>base</c>.</summary>
    public override string ToString() => IsEmpty
        ? "base"
        : string.Join(" + ", _adapters.Select(a => string.Create(CultureInfo.InvariantCulture, $"{a.Weight:0.##} {a.Name}")));
}
