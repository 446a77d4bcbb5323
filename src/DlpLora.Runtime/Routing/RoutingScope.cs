namespace DlpLora.Runtime.Routing;

/// <summary>What one routing decision is made for.</summary>
public enum RoutingScope
{
    /// <summary>One decision for the whole prompt and its answer.</summary>
    Prompt,

    /// <summary>A decision for every segment of the prompt, and a fresh one at each sentence's end while generating (DLP-LoRA, arXiv 2410.01497).</summary>
    Sentence,
}
