namespace DlpLora.Runtime.Generation;

/// <summary>Which of the waiting requests come first. Requests that are computed already are never put back.</summary>
public enum RequestPriority
{
    /// <summary>After all others: work that nobody waits for.</summary>
    Low,

    /// <summary>The usual.</summary>
    Normal,

    /// <summary>Before all others.</summary>
    High,
}
