namespace DlpLora.Runtime.Routing.Prototypes;

/// <summary>The features of one text that a router keeps.</summary>
/// <param name="Label">The index of the text's label, or <see cref="ReplayRows.None"/>.</param>
/// <param name="Length">How many features the text had.</param>
/// <param name="Features">The hashes of those that are kept, taken evenly over the text.</param>
internal sealed record ReplayRow(int Label, int Length, uint[] Features)
{
    /// <summary>The most features kept of one text.</summary>
    private const int MaximumFeatures = 400;

    /// <summary>The numbers that the row takes in the file.</summary>
    public int NumberCount => Features.Length + 3;

    public static ReplayRow Of(int label, uint[] features) => new(label, features.Length, FeatureHashes.Thin(features, MaximumFeatures));
}
