namespace DlpLora.Runtime.Routing;

/// <summary>How the probabilities of the kept adapters become the weights of the mixture.</summary>
public enum RoutingWeighting
{
    /// <summary>Each probability divided by the sum of the kept ones; the weights add up to 1.</summary>
    Renormalized,

    /// <summary>The softmax over the kept probabilities, as in DLP-LoRA (arXiv 2410.01497); the weights add up to 1 and lie closer together.</summary>
    PaperSoftmax,

    /// <summary>The most likely adapter alone, with weight 1.</summary>
    Unit,
}
