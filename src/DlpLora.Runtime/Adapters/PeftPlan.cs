using DlpLora.Runtime.Models;
using DlpLora.Runtime.Safetensors;

namespace DlpLora.Runtime.Adapters;

/// <summary>Gives every module of an adapter its place in the slots, or lists all that does not fit.</summary>
internal static class PeftPlan
{
    /// <exception cref="AdapterMismatchException">Anything does not fit; all of it is listed.</exception>
    public static List<PeftAdapter.PlannedModule> Create(string folder, PeftConfig config, PeftTensorMap tensors, ModelManifest model)
    {
        List<AdapterMismatch> mismatches = [.. tensors.Others];
        List<PeftAdapter.PlannedModule> planned = new(tensors.Modules.Count);
        HashSet<string> slotted = new(StringComparer.Ordinal);
        for (int slot = 0; slot < model.Slots.Count; slot++)
        {
            LoraSlot place = model.Slots[slot];
            for (int module = 0; module < place.Modules.Count; module++)
            {
                SlotModule target = place.Modules[module];
                slotted.Add(target.Name);
                if (tensors.Modules.TryGetValue(target.Name, out (SafetensorsTensor? A, SafetensorsTensor? B) pair))
                {
                    Plan(config, target, place, slot, module, pair, planned, mismatches);
                }
                else if (config.Targets.Contains(target.Name))
                {
                    mismatches.Add(new AdapterMismatch(target.Name, "is a target of the adapter's configuration, but the file has no A and B for it"));
                }
            }
        }

        foreach (string module in tensors.Modules.Keys)
        {
            if (!slotted.Contains(module))
            {
                mismatches.Add(new AdapterMismatch(module, model.Slots.Count == 0
                    ? "has no slot: the model was exported without slots"
                    : "has no slot: the model's export has none for it, or the adapter is another base's"));
            }
        }

        if (mismatches.Count == 0 && planned.Count == 0)
        {
            mismatches.Add(new AdapterMismatch(PeftAdapter.WeightsFileName, "holds no A and B for any module"));
        }

        return mismatches.Count == 0 ? planned : throw new AdapterMismatchException(folder, mismatches);
    }

    private static void Plan(
        PeftConfig config,
        SlotModule target,
        LoraSlot place,
        int slot,
        int module,
        (SafetensorsTensor? A, SafetensorsTensor? B) pair,
        List<PeftAdapter.PlannedModule> planned,
        List<AdapterMismatch> mismatches)
    {
        if (pair.A is null || pair.B is null)
        {
            mismatches.Add(new AdapterMismatch(target.Name, $"has no {(pair.A is null ? "A" : "B")} in the file; expected the pair"));
            return;
        }

        if (!config.Targets.Contains(target.Name))
        {
            mismatches.Add(new AdapterMismatch(target.Name, "has weights in the file, but is no target of the adapter's configuration"));
            return;
        }

        int rank = config.RankOf(target.Name);
        int before = mismatches.Count;
        CheckTensor(pair.A, [rank, place.Inputs], mismatches);
        CheckTensor(pair.B, [target.Outputs, rank], mismatches);
        if (mismatches.Count == before)
        {
            planned.Add(new PeftAdapter.PlannedModule(
                target.Name, slot, module, rank, place.Inputs, target.Outputs, config.ScaleOf(target.Name), pair.A.Name, pair.B.Name));
        }
    }

    private static void CheckTensor(SafetensorsTensor tensor, ReadOnlySpan<long> expected, List<AdapterMismatch> mismatches)
    {
        if (tensor.DataType is not (SafetensorsDataType.F32 or SafetensorsDataType.F16 or SafetensorsDataType.BF16))
        {
            mismatches.Add(new AdapterMismatch(tensor.Name, $"has type {tensor.DataType}; expected F32, F16 or BF16"));
        }

        if (tensor.ByteLength > int.MaxValue)
        {
            mismatches.Add(new AdapterMismatch(tensor.Name, $"has {tensor.ByteLength} bytes; expected at most {int.MaxValue}"));
        }

        bool same = tensor.Shape.Count == expected.Length;
        for (int i = 0; same && i < expected.Length; i++)
        {
            same = tensor.Shape[i] == expected[i];
        }

        if (!same)
        {
            mismatches.Add(new AdapterMismatch(
                tensor.Name, $"has shape [{string.Join(", ", tensor.Shape)}]; expected [{string.Join(", ", expected.ToArray())}] by the configuration and the slot"));
        }
    }
}
