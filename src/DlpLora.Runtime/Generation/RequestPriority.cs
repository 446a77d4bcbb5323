namespace DlpLora.Runtime.Generation;

/// <summary>Which of the waiting requests come first. Requests that are computed already are never put back.</summary>
/// <remarks>A priority that was passed eight times by higher ones has its turn, so that none starves: a ninth of the turns at least is its own.</remarks>
public enum RequestPriority
{
    /// <summary>After all others: work that nobody waits for.</summary>
    Low,

    /// <summary>The usual.</summary>
    Normal,

    /// <summary>Before all others.</summary>
    High,
}
