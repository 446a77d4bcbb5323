using DlpLora.Runtime.Safetensors;

namespace DlpLora.Runtime.Adapters;

/// <summary>The tensors of <c>adapter_model.safetensors</c>, sorted into pairs of A and B by module, and those that are neither.</summary>
internal sealed class PeftTensorMap
{
    private const string Prefix = "base_model.model.";
    private const string SuffixA = ".lora_A.weight";
    private const string SuffixB = ".lora_B.weight";

    private readonly SortedDictionary<string, (SafetensorsTensor? A, SafetensorsTensor? B)> _modules = new(StringComparer.Ordinal);
    private readonly List<AdapterMismatch> _others = [];

    private PeftTensorMap()
    {
    }

    /// <summary>The pairs by the module's full name; one of the two may be missing.</summary>
    public IReadOnlyDictionary<string, (SafetensorsTensor? A, SafetensorsTensor? B)> Modules => _modules;

    /// <summary>Tensors that are no A or B of a linear module, with what they are.</summary>
    public IReadOnlyList<AdapterMismatch> Others => _others;

    public static PeftTensorMap Create(SafetensorsFile file)
    {
        PeftTensorMap map = new();
        foreach (SafetensorsTensor tensor in file.Tensors.Values.OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            map.Add(tensor);
        }

        return map;
    }

    private void Add(SafetensorsTensor tensor)
    {
        string name = tensor.Name;
        if (name.StartsWith(Prefix, StringComparison.Ordinal))
        {
            bool isA = name.EndsWith(SuffixA, StringComparison.Ordinal) && name.Length > Prefix.Length + SuffixA.Length;
            bool isB = name.EndsWith(SuffixB, StringComparison.Ordinal) && name.Length > Prefix.Length + SuffixB.Length;
            if (isA || isB)
            {
                string module = name[Prefix.Length..^SuffixA.Length];
                (SafetensorsTensor? a, SafetensorsTensor? b) = _modules.GetValueOrDefault(module);
                _modules[module] = isA ? (tensor, b) : (a, tensor);
                return;
            }
        }

        _others.Add(new AdapterMismatch(name, WhatItIs(name)));
    }

    private static string WhatItIs(string name)
    {
        if (name.Contains("lora_magnitude_vector", StringComparison.Ordinal))
        {
            return "is a DoRA magnitude, which this runtime does not compute";
        }

        if (name.Contains("lora_embedding_", StringComparison.Ordinal))
        {
            return "is a LoRA of an embedding, which has no slot";
        }

        if (name.EndsWith(".bias", StringComparison.Ordinal))
        {
            return "is a trained bias, which has no place in the slots";
        }

        return name.EndsWith(".weight", StringComparison.Ordinal) && !name.Contains(".lora_", StringComparison.Ordinal)
            ? "is a whole trained module (modules_to_save), which this runtime does not replace"
            : $"is not known; expected names like '{Prefix}<module>{SuffixA}'";
    }
}
