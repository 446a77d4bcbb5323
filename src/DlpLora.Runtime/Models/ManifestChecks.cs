namespace DlpLora.Runtime.Models;

/// <summary>The rules of a manifest that its JSON types do not express.</summary>
internal static class ManifestChecks
{
    private const int MaximumDimension = 1 << 24;

    public static void Check(string path, ModelManifest manifest)
    {
        if (manifest.Contract != ModelManifest.CurrentContract)
        {
            throw new InvalidFileException(
                path, "contract", $"is version {manifest.Contract}; this library reads version {ModelManifest.CurrentContract}: export the model again");
        }

        // What a manifest leaves out reads as null, whatever default the property has.
        Present(path, "graph", manifest.Graph);
        Present(path, "eosTokenIds", manifest.EosTokenIds);
        Present(path, "slots", manifest.Slots);
        FileName(path, "graph", manifest.Graph);
        if (manifest.OperatorGraph is { } operatorGraph)
        {
            FileName(path, "operatorGraph", operatorGraph);
        }

        if (manifest.OperatorSlots is not (null or ModelManifest.PackedSlots))
        {
            throw new InvalidFileException(
                path, "operatorSlots", $"is '{manifest.OperatorSlots}'; expected none or {ModelManifest.PackedSlots}: export the model again, or take a newer version of this library");
        }

        Positive(path, "vocabularySize", manifest.VocabularySize);
        Positive(path, "hiddenSize", manifest.HiddenSize);
        Positive(path, "layers", manifest.Layers);
        Positive(path, "attentionHeads", manifest.AttentionHeads);
        Positive(path, "keyValueHeads", manifest.KeyValueHeads);
        Positive(path, "headSize", manifest.HeadSize);
        Positive(path, "contextLength", manifest.ContextLength);
        if (manifest.Slots.Count > 0 && string.IsNullOrEmpty(manifest.Gate))
        {
            throw new InvalidFileException(path, "gate", "is missing; expected the gate's input name, since there are slots");
        }

        HashSet<string> inputs = new(StringComparer.Ordinal) { manifest.Gate ?? string.Empty };
        HashSet<string> modules = new(StringComparer.Ordinal);
        for (int i = 0; i < manifest.Slots.Count; i++)
        {
            Present(path, $"slots[{i}]", manifest.Slots[i]);
            CheckSlot(path, $"slots[{i}]", manifest, manifest.Slots[i], inputs, modules);
        }
    }

    private static void CheckSlot(
        string path, string place, ModelManifest manifest, LoraSlot slot, HashSet<string> inputs, HashSet<string> modules)
    {
        Positive(path, $"{place}.inputs", slot.Inputs);
        Positive(path, $"{place}.outputs", slot.Outputs);
        if (slot.Layer < 0 || slot.Layer >= manifest.Layers)
        {
            throw new InvalidFileException(path, $"{place}.layer", $"is {slot.Layer}; expected 0 to {manifest.Layers - 1}");
        }

        if (!inputs.Add(slot.A) || !inputs.Add(slot.B))
        {
            throw new InvalidFileException(path, place, $"uses the input name '{slot.A}' or '{slot.B}' a second time");
        }

        if (slot.Modules.Count == 0 || slot.Blocks < 1 || slot.Blocks > slot.Modules.Count)
        {
            throw new InvalidFileException(path, place, $"has {slot.Blocks} blocks for {slot.Modules.Count} modules; expected 1 to as many");
        }

        foreach (SlotModule module in slot.Modules)
        {
            Present(path, $"{place}.modules", module);
            if (!modules.Add(module.Name))
            {
                throw new InvalidFileException(path, place, $"names the module '{module.Name}' a second time");
            }

            if (module.Block < 0 || module.Block >= slot.Blocks || module.Column < 0 || module.Outputs < 1
                || (long)module.Column + module.Outputs > slot.Outputs)
            {
                throw new InvalidFileException(path, place, $"places '{module.Name}' outside the slot's {slot.Blocks} blocks and {slot.Outputs} columns");
            }
        }
    }

    private static void Present(string path, string place, object? value)
    {
        if (value is null)
        {
            throw new InvalidFileException(path, place, "is missing or holds null; expected what `dlplora export` writes");
        }
    }

    private static void FileName(string path, string place, string name)
    {
        if (name != Path.GetFileName(name) || name.Length == 0)
        {
            throw new InvalidFileException(path, place, $"is '{name}'; expected a file name without a folder");
        }
    }

    private static void Positive(string path, string place, int value)
    {
        if (value is < 1 or > MaximumDimension)
        {
            throw new InvalidFileException(path, place, $"is {value}; expected 1 to {MaximumDimension}");
        }
    }
}
