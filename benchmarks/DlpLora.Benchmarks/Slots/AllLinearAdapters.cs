using System.Runtime.InteropServices;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Safetensors;

namespace DlpLora.Benchmarks.Slots;

/// <summary>Adapters over all modules of a model, of small random weights: what they say means nothing, what they cost does.</summary>
internal static class AllLinearAdapters
{
    private const int Rank = 8;
    private const float Size = 0.01f;
    private const string Weights = "adapter_model.safetensors";
    private const string Config = """{ "peft_type": "LORA", "r": 8, "lora_alpha": 16, "target_modules": "all-linear" }""";

    public static string[] Names { get; } = ["all-0", "all-1", "all-2"];

    /// <summary>The folder with the adapters; what is missing of it is made, from the same seeds.</summary>
    /// <param name="model">A folder exported with slots for all modules.</param>
    public static string Prepare(string model)
    {
        string folder = Path.Combine(BenchmarkPaths.Artifacts, "adapters", "all-linear");
        ModelManifest manifest = ModelManifest.Load(model);
        for (int i = 0; i < Names.Length; i++)
        {
            string adapter = Path.Combine(folder, Names[i]);
            if (!File.Exists(Path.Combine(adapter, Weights)))
            {
                Directory.CreateDirectory(adapter);
                File.WriteAllText(Path.Combine(adapter, "adapter_config.json"), Config);
                Write(manifest, Path.Combine(adapter, Weights), seed: i + 1);
            }
        }

        return folder;
    }

    private static void Write(ModelManifest model, string path, int seed)
    {
        Random random = new(seed);
        SafetensorsWriter writer = new();
        foreach (LoraSlot slot in model.Slots)
        {
            foreach (SlotModule module in slot.Modules)
            {
                writer.Add($"base_model.model.{module.Name}.lora_A.weight", SafetensorsDataType.F16, Halves(random, Rank * slot.Inputs), Rank, slot.Inputs);
                writer.Add($"base_model.model.{module.Name}.lora_B.weight", SafetensorsDataType.F16, Halves(random, module.Outputs * Rank), module.Outputs, Rank);
            }
        }

        writer.Write(path);
    }

    private static byte[] Halves(Random random, int count)
    {
        Half[] values = new Half[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (Half)((random.NextSingle() - 0.5f) * Size);
        }

        return MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
    }
}
