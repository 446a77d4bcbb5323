using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Training;

/// <summary>What came of training a router anew beside one in use.</summary>
public sealed record RouterRetraining
{
    /// <summary>The new router.</summary>
    public required TrainedRouter Trained { get; init; }

    /// <summary>The router that was in use when the training began.</summary>
    public required Router Before { get; init; }

    /// <summary>Rows that were kept out of the training, to compare both routers on.</summary>
    public required int ComparedRows { get; init; }

    /// <summary>Top-1 of the router before on those rows, 0 to 1. Rows of labels that it does not know count as wrong.</summary>
    public required double AccuracyBefore { get; init; }

    /// <summary>Top-1 of the new router on those rows, 0 to 1.</summary>
    public required double AccuracyAfter { get; init; }

    /// <summary>Whether the new router is good enough to take the place.</summary>
    public required bool Accepted { get; init; }

    /// <summary>Whether it took the place: accepted, and nobody replaced the router in the meantime.</summary>
    public bool Replaced { get; init; }
}
