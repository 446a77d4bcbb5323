namespace DlpLora.Runtime.Adapters;

/// <summary>An adapter's share of a mixture.</summary>
/// <param name="Name">The adapter's name.</param>
/// <param name="Weight">The factor of its contribution; finite, and may be negative or larger than 1.</param>
public readonly record struct WeightedAdapter(string Name, float Weight);
