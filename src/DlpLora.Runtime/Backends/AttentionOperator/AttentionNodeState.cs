namespace DlpLora.Runtime.Backends.AttentionOperator;

/// <summary>A node's own, for as long as the session lives.</summary>
internal struct AttentionNodeState
{
    public int Threads;
    public int Heads;
    public int KeyValueHeads;
    public float Scale;
}
