using System.Diagnostics.CodeAnalysis;

namespace DlpLora.OnnxExport;

/// <summary>How the linear weights are stored. Activations, norms and the slots are singles in all of them.</summary>
public enum Precision
{
    /// <summary>Singles: the reference.</summary>
    Fp32,

    /// <summary>8 bits in blocks of 32.</summary>
    [SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "It is the field's word for the precision.")]
    Int8,

    /// <summary>4 bits in blocks of 32.</summary>
    Int4,
}
