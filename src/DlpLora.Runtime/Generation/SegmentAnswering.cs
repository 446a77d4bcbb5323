namespace DlpLora.Runtime.Generation;

/// <summary>How a prompt that asks for several things is answered, where the router decides by sentence (<see cref="Routing.RoutingScope.Sentence"/>).</summary>
public enum SegmentAnswering
{
    /// <summary>
    /// Each question of the last user turn becomes a prompt of its own, with the earlier turns before it, the chat template around it and its
    /// own mixture; the answers follow each other, a blank line between them. For requests whose messages end with the user's; others are
    /// answered <see cref="Together"/>.
    /// </summary>
    OneByOne,

    /// <summary>
    /// One prompt in which each segment is read with its own mixture, and one answer, which begins with the mixture for the whole turn and is
    /// routed again at the end of each of its sentences (DLP-LoRA, arXiv 2410.01497).
    /// </summary>
    Together,
}
