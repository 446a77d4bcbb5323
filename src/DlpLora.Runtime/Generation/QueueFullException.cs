namespace DlpLora.Runtime.Generation;

/// <summary>More requests wait than the engine was told to hold.</summary>
public sealed class QueueFullException : DlpLoraException
{
    /// <summary>Creates the error.</summary>
    /// <param name="limit">How many requests may wait.</param>
    public QueueFullException(int limit)
        : base($"{limit} requests wait already; try again later, or raise {nameof(DlpLoraOptions)}.{nameof(DlpLoraOptions.QueueLimit)}") => Limit = limit;

    /// <summary>How many requests may wait.</summary>
    public int Limit { get; }
}
