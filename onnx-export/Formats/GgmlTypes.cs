namespace DlpLora.OnnxExport.Formats;

/// <summary>The tensor types of GGUF by their number in the file.</summary>
internal static class GgmlTypes
{
    private static readonly Dictionary<uint, BlockFormat> Readable = new()
    {
        [0] = SingleFormat.Instance,
        [1] = HalfFormat.Instance,
        [2] = Q4_0.Instance,
        [3] = Q4_1.Instance,
        [6] = Q5_0.Instance,
        [7] = Q5_1.Instance,
        [8] = Q8_0.Instance,
        [30] = BFloat16Format.Instance,
    };

    private static readonly Dictionary<uint, string> Refused = new()
    {
        [9] = "Q8_1",
        [10] = "Q2_K",
        [11] = "Q3_K",
        [12] = "Q4_K",
        [13] = "Q5_K",
        [14] = "Q6_K",
        [15] = "Q8_K",
        [16] = "IQ2_XXS",
        [17] = "IQ2_XS",
        [18] = "IQ3_XXS",
        [19] = "IQ1_S",
        [20] = "IQ4_NL",
        [21] = "IQ3_S",
        [22] = "IQ2_S",
        [23] = "IQ4_XS",
        [24] = "I8",
        [25] = "I16",
        [26] = "I32",
        [27] = "I64",
        [28] = "F64",
        [29] = "IQ1_M",
        [34] = "TQ1_0",
        [35] = "TQ2_0",
        [39] = "MXFP4",
    };

    /// <summary>The names of the types that can be read, for messages.</summary>
    public static string ReadableNames => string.Join(", ", Readable.Values.Select(f => f.Name));

    /// <summary>The format of a type number, or null where it is not readable.</summary>
    public static BlockFormat? Find(uint type) => Readable.GetValueOrDefault(type);

    /// <summary>The name of a type number, readable or not.</summary>
    public static string NameOf(uint type) =>
        Readable.TryGetValue(type, out BlockFormat? format) ? format.Name : Refused.GetValueOrDefault(type, $"number {type}");
}
