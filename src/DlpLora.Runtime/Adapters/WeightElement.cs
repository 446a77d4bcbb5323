namespace DlpLora.Runtime.Adapters;

/// <summary>What numbers of A and B are in memory. The graph decides.</summary>
internal enum WeightElement
{
    /// <summary>float32, in the slots' own shapes.</summary>
    Single,

    /// <summary>bfloat16, a row as <see cref="PackedRow"/> lays it out.</summary>
    BFloat16,
}
