using System.Globalization;
using System.Runtime.InteropServices;
using DlpLora.Runtime.Safetensors;

namespace DlpLora.Runtime.Tests.Fixtures;

/// <summary>A LoRA for <see cref="TinyModel"/>, in memory and as a PEFT folder.</summary>
internal sealed class TinyAdapter
{
    private readonly SortedDictionary<string, Module> _modules = new(StringComparer.Ordinal);

    private TinyAdapter(int rank, double alpha, bool rankStabilized)
    {
        Rank = rank;
        Alpha = alpha;
        RankStabilized = rankStabilized;
    }

    public int Rank { get; }

    public double Alpha { get; }

    public bool RankStabilized { get; }

    public IReadOnlyDictionary<string, Module> Modules => _modules;

    /// <summary>The same rank in the named modules of every layer.</summary>
    public static TinyAdapter Plain(int seed, int rank = 4, params string[] modules)
    {
        TinyAdapter adapter = new(rank, 2 * rank, false);
        Random random = new(seed);
        for (int layer = 0; layer < TinyModel.Layers; layer++)
        {
            foreach ((string module, int outputs, int inputs) in TinyModel.Linear)
            {
                if ((modules.Length == 0 ? ["self_attn.q_proj", "self_attn.v_proj"] : modules).Contains(module))
                {
                    adapter.Add(random, $"model.layers.{layer}.{module}", outputs, inputs, rank, adapter.Alpha);
                }
            }
        }

        return adapter;
    }

    /// <summary>Random ranks, alphas, modules and layers.</summary>
    public static TinyAdapter Random(int seed)
    {
        Random random = new(seed);
        TinyAdapter adapter = new(random.Next(1, 9), random.Next(1, 17), random.Next(3) == 0);
        double share = 0.2 + (0.8 * random.NextDouble());
        for (int layer = 0; layer < TinyModel.Layers; layer++)
        {
            foreach ((string module, int outputs, int inputs) in TinyModel.Linear)
            {
                if (random.NextDouble() < share || (adapter._modules.Count == 0 && layer == TinyModel.Layers - 1))
                {
                    int rank = random.Next(3) == 0 ? random.Next(1, 9) : adapter.Rank;
                    double alpha = random.Next(3) == 0 ? random.Next(1, 17) : adapter.Alpha;
                    adapter.Add(random, $"model.layers.{layer}.{module}", outputs, inputs, rank, alpha);
                }
            }
        }

        return adapter;
    }

    /// <summary>weight += factor * s * B A, for a weight of [outputs, inputs].</summary>
    public void AddTo(string module, float factor, float[] weight)
    {
        if (!_modules.TryGetValue(module, out Module? own))
        {
            return;
        }

        double scale = factor * own.Alpha / (RankStabilized ? Math.Sqrt(own.Rank) : own.Rank);
        for (int row = 0; row < own.Outputs; row++)
        {
            for (int column = 0; column < own.Inputs; column++)
            {
                double sum = 0;
                for (int k = 0; k < own.Rank; k++)
                {
                    sum += (double)own.B[(row * own.Rank) + k] * own.A[(k * own.Inputs) + column];
                }

                weight[(row * own.Inputs) + column] += (float)(scale * sum);
            }
        }
    }

    /// <summary>Writes <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
    public string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), Config());
        SafetensorsWriter writer = new();
        foreach ((string name, Module module) in _modules)
        {
            writer.Add($"base_model.model.{name}.lora_A.weight", module.A, module.Rank, module.Inputs);
            writer.Add($"base_model.model.{name}.lora_B.weight", module.B, module.Outputs, module.Rank);
        }

        writer.Write(Path.Combine(folder, "adapter_model.safetensors"));
        return folder;
    }

    /// <summary>The same tensors in another type.</summary>
    public void WriteWeights(string folder, SafetensorsDataType type)
    {
        SafetensorsWriter writer = new();
        foreach ((string name, Module module) in _modules)
        {
            writer.Add($"base_model.model.{name}.lora_A.weight", type, Bytes(module.A, type), module.Rank, module.Inputs);
            writer.Add($"base_model.model.{name}.lora_B.weight", type, Bytes(module.B, type), module.Outputs, module.Rank);
        }

        writer.Write(Path.Combine(folder, "adapter_model.safetensors"));
    }

    public string Config()
    {
        string Map(Func<Module, double> value, double usual) => string.Join(
            ", ", _modules.Where(m => value(m.Value) != usual).Select(m => $"\"{m.Key}\": {value(m.Value).ToString(CultureInfo.InvariantCulture)}"));
        return $$"""
            {"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": {{Rank}}, "lora_alpha": {{Alpha.ToString(CultureInfo.InvariantCulture)}}, "bias": "none",
             "use_rslora": {{(RankStabilized ? "true" : "false")}}, "rank_pattern": {{{Map(m => m.Rank, Rank)}}}, "alpha_pattern": {{{Map(m => m.Alpha, Alpha)}}},
             "target_modules": [{{string.Join(", ", _modules.Keys.Select(m => $"\"{m}\""))}}], "modules_to_save": null, "use_dora": false}
            """;
    }

    private static byte[] Bytes(float[] values, SafetensorsDataType type) => type switch
    {
        SafetensorsDataType.F32 => MemoryMarshal.AsBytes<float>(values).ToArray(),
        SafetensorsDataType.F16 => MemoryMarshal.AsBytes<Half>(values.Select(v => (Half)v).ToArray()).ToArray(),
        _ => MemoryMarshal.AsBytes<ushort>(values.Select(v => (ushort)(BitConverter.SingleToUInt32Bits(v) >> 16)).ToArray()).ToArray(),
    };

    private void Add(Random random, string name, int outputs, int inputs, int rank, double alpha)
    {
        // Large enough to change the answer, small enough to keep the logits in the range where 1e-4 means something.
        double size = 0.5 / Math.Sqrt(inputs);
        double scale = 0.6 * Math.Sqrt(rank) / alpha;
        _modules.Add(name, new Module(outputs, inputs, rank, alpha, Values(rank * inputs, size), Values(outputs * rank, scale)));

        float[] Values(int count, double limit)
        {
            float[] values = new float[count];
            for (int i = 0; i < count; i++)
            {
                values[i] = (float)(((random.NextDouble() * 2) - 1) * limit);
            }

            return values;
        }
    }

    /// <param name="Outputs">Rows of the base's weight.</param>
    /// <param name="Inputs">Columns of the base's weight.</param>
    /// <param name="Rank">r.</param>
    /// <param name="Alpha">alpha.</param>
    /// <param name="A">[rank, inputs].</param>
    /// <param name="B">[outputs, rank].</param>
    internal sealed record Module(int Outputs, int Inputs, int Rank, double Alpha, float[] A, float[] B);
}
