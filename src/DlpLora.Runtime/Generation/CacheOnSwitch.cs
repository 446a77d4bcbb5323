namespace DlpLora.Runtime.Generation;

/// <summary>What becomes of the KV cache when the mixture changes in the middle of an answer (<see cref="SegmentAnswering.Together"/>).</summary>
public enum CacheOnSwitch
{
    /// <summary>It stays as the earlier mixtures computed it (DLP-LoRA, arXiv 2410.01497); a switch costs nothing.</summary>
    Keep,

    /// <summary>The prompt and the answer so far are read again, all of it with the new mixture; a switch costs a prefill.</summary>
    Recompute,
}
