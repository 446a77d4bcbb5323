namespace DlpLora.OnnxExport;

/// <summary>Which linear modules get slots, the places where adapters enter.</summary>
public enum SlotScope
{
    /// <summary>None: the base model alone.</summary>
    None,

    /// <summary>q_proj and v_proj.</summary>
    QueryValue,

    /// <summary>q_proj, k_proj, v_proj and o_proj.</summary>
    Attention,

    /// <summary>All seven linear modules of a layer.</summary>
    AllLinear,
}
