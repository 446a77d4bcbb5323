namespace DlpLora.Runtime.Backends;

/// <summary>Names of the graph's inputs and outputs that every exported model has (<c>docs/slots.md</c>).</summary>
internal static class GraphNames
{
    public const string InputIds = "input_ids";
    public const string PastLengths = "seqlens_k";
    public const string TotalLength = "total_sequence_length";
    public const string LogitsRows = "logits_rows";
    public const string Logits = "logits";

    public static string PastKey(int layer) => $"past_key_values.{layer}.key";

    public static string PastValue(int layer) => $"past_key_values.{layer}.value";

    public static string PresentKey(int layer) => $"present.{layer}.key";

    public static string PresentValue(int layer) => $"present.{layer}.value";
}
