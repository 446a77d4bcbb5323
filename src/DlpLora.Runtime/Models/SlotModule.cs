namespace DlpLora.Runtime.Models;

/// <summary>One linear module of a slot, named as Hugging Face and PEFT name it.</summary>
public sealed record SlotModule
{
    /// <summary>The module's full name in the Hugging Face model (<c>model.layers.0.self_attn.q_proj</c>).</summary>
    public required string Name { get; init; }

    /// <summary>Which block of R rows is this module's, from 0.</summary>
    public required int Block { get; init; }

    /// <summary>The module's first column in B.</summary>
    public required int Column { get; init; }

    /// <summary>The module's output width: its columns in B.</summary>
    public required int Outputs { get; init; }
}
