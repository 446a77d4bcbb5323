namespace DlpLora.Runtime.Backends;

/// <summary>A row that nobody uses and that keeps its tokens for a prompt that begins with them.</summary>
internal sealed class IdleRow(KvContent content)
{
    public KvContent Content { get; set; } = content;

    /// <summary>When a prompt last had something of it; the smallest leaves first.</summary>
    public long Used { get; set; }
}
