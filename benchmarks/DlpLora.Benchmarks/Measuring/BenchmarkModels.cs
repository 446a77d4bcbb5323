using DlpLora.OnnxExport;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;

namespace DlpLora.Benchmarks.Measuring;

/// <summary>The model folders that benchmarks run, exported from the repository's GGUF when they are missing or stale, and what is asked of them.</summary>
internal static class BenchmarkModels
{
    /// <summary>Three of the repository's adapters, all of them also at hand for llama.cpp.</summary>
    public static Mixture Three { get; } = Mixture.Create(new("gsm8k", 0.5f), new("navigate", 0.3f), new("text_to_sql", 0.2f));

    public static string Int4(SlotScope slots = SlotScope.QueryValue) => Export("smollm2-int4", Precision.Int4, slots);

    public static string Int4AllLinear() => Export("smollm2-int4-all-linear", Precision.Int4, SlotScope.AllLinear);

    public static string Fp32() => Export("smollm2-fp32", Precision.Fp32, SlotScope.QueryValue);

    /// <summary>Options with all of the repository's adapters.</summary>
    public static DlpLoraOptions WithAdapters() => new() { AdapterFolder = BenchmarkPaths.Adapters };

    /// <summary>Token ids that are the same for every side: spread over the vocabulary, none of them a control token.</summary>
    public static int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(i => 1000 + (i * 37 % 20_000))];

    private static string Export(string name, Precision precision, SlotScope slots)
    {
        string folder = Path.Combine(BenchmarkPaths.GeneratedModels, slots == SlotScope.None ? name + "-none" : name);
        ModelExporter.ExportIfStale(BenchmarkPaths.Gguf, folder, new ExportOptions { Precision = precision, Slots = slots });
        return folder;
    }
}
