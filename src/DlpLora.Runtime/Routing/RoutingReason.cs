namespace DlpLora.Runtime.Routing;

/// <summary>Why a decision came out as it did.</summary>
public enum RoutingReason
{
    /// <summary>The kept adapters reach top-p.</summary>
    TopP,

    /// <summary>More adapters would be needed to reach top-p than <see cref="RoutingPolicy.MaxAdapters"/> allows.</summary>
    MaxAdapters,

    /// <summary>The text seems to belong to none of the adapters that may answer: the base answers.</summary>
    Abstained,

    /// <summary>The text has no word, digit or sign to decide by: the base answers.</summary>
    EmptyText,

    /// <summary>No label is both registered and allowed: the base answers.</summary>
    NoCandidate,
}
