using System.Text.Json.Serialization;

namespace DlpLora.Runtime.Routing;

/// <summary>What a router's features are. A file says it, and the loader refuses what this version cannot compute.</summary>
internal sealed record FeatureRecipe
{
    /// <summary>The version of the extraction; another one would hash the same text into other rows.</summary>
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    /// <summary>Rows of the embedding table.</summary>
    public int Rows { get; init; } = 65_536;

    /// <summary>Columns of the embedding table, a multiple of 32.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Longest word n-gram, 1 to 3.</summary>
    public int WordGrams { get; init; } = 3;

    /// <summary>Shortest character n-gram.</summary>
    public int CharacterGramsFrom { get; init; } = 3;

    /// <summary>Longest character n-gram; 0 for none.</summary>
    public int CharacterGramsTo { get; init; } = 3;

    /// <summary>Whether the shapes of every three signs in a row are features: small, capital, all capitals, digits, marks, line breaks.</summary>
    public bool Shapes { get; init; } = true;

    /// <summary>
    /// How often the number of choices (lines such as <c>A) </c>) is a feature: one copy would drown among hundreds. 0 for not at all, as in
    /// files that do not say it.
    /// </summary>
    public int ChoiceCopies { get; init; }

    /// <summary>
    /// Whether runs of words have the upper half of the table's rows for themselves and words, characters and shapes the lower one. There are ten
    /// times as many runs, most of them seen once: in common rows they drown the features that new texts share with the ones learned from.
    /// </summary>
    public bool RunsApart { get; init; }

    /// <summary>Whether a word with a letter that is not ASCII has a shape of its own.</summary>
    public bool ForeignShape { get; init; }

    /// <summary>The pooled vector is the sum of the rows divided by the feature count to this power: 1 is the mean, 0.5 keeps some of the length.</summary>
    public float PoolingPower { get; init; } = 0.5f;

    public bool IsSupported => Version == CurrentVersion
        && Rows is > 0 and <= RouterModel.MaximumParameters
        && Width is > 0 and <= 1024 && Width % 32 == 0
        && WordGrams is >= 1 and <= 3
        && CharacterGramsFrom is >= 1 and <= 8
        && CharacterGramsTo is >= 0 and <= 8
        && ChoiceCopies is >= 0 and <= 64
        && PoolingPower is >= 0 and <= 1;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, MaxDepth = 4)]
[JsonSerializable(typeof(FeatureRecipe))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(string[][]))]
internal sealed partial class RouterJson : JsonSerializerContext;
