namespace DlpLora.Runtime.Fusion;

/// <summary>
/// How far the weights of a mixture that is wider than <see cref="DlpLoraOptions.MaxMixtureRank"/> are from those that compute in its place. Errors are
/// relative, in the Frobenius norm: <c>|W - W'| / |W|</c>, 0 to 1, the smallest that the rank allows.
/// </summary>
public sealed record MixtureCompression
{
    /// <summary>The ranks of the mixture's adapters, added up.</summary>
    public required int MixtureRank { get; init; }

    /// <summary>The rank that computes in its place: at most <see cref="DlpLoraOptions.MaxMixtureRank"/>.</summary>
    public required int Rank { get; init; }

    /// <summary>The error over the weights of all modules together.</summary>
    public required double Error { get; init; }

    /// <summary>The error of the module that has the largest.</summary>
    public required double WorstModuleError { get; init; }

    /// <summary>The name of that module, as in the model's manifest; empty where the adapters cancel each other out everywhere.</summary>
    public required string WorstModule { get; init; }
}
