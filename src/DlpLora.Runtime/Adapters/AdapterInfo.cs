namespace DlpLora.Runtime.Adapters;

/// <summary>What the registry knows of an adapter at one moment.</summary>
public sealed record AdapterInfo
{
    /// <summary>The name by which mixtures and the router ask for it.</summary>
    public required string Name { get; init; }

    /// <summary>Its PEFT folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Counts how often this registry got an adapter; a name that is added again gets a larger one.</summary>
    public required long Generation { get; init; }

    /// <summary>Whether its weights are in memory now.</summary>
    public required bool IsResident { get; init; }

    /// <summary>Its rows in every slot, which is its largest rank; null until it was loaded once.</summary>
    public int? Rank { get; init; }

    /// <summary>Bytes of its weights in memory; null until it was loaded once.</summary>
    public long? Bytes { get; init; }

    /// <summary>SHA-256 over its weights as stored, their scales and their places, hexadecimal; null until it was loaded once.</summary>
    public string? Digest { get; init; }
}
