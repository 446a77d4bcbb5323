using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DlpLora.Runtime.Backends;

/// <summary>Holds a loaded graph against its manifest: every input and output that the runtime binds, with type and dimensions.</summary>
internal sealed class OnnxGraphContract
{
    private const int Any = -1;

    private readonly string _path;
    private readonly InferenceSession _session;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    private OnnxGraphContract(string path, InferenceSession session)
    {
        _path = path;
        _session = session;
    }

    /// <exception cref="InvalidFileException">The graph is not the one that the manifest describes.</exception>
    public static void Check(ModelFolder folder, InferenceSession session) =>
        new OnnxGraphContract(folder.GraphPath, session).Check(folder.Manifest, folder.SlotElement);

    private void Check(ModelManifest model, WeightElement element)
    {
        Input(GraphNames.InputIds, TensorElementType.Int64, Any, Any);
        Input(GraphNames.PastLengths, TensorElementType.Int32, Any);
        NodeMetadata total = Find(_session.InputMetadata, GraphNames.TotalLength, "input");
        Check(GraphNames.TotalLength, total, TensorElementType.Int32, total.Dimensions.Length == 0 ? [] : [1]);
        Input(GraphNames.LogitsRows, TensorElementType.Int64, Any);
        Check(GraphNames.Logits, Find(_session.OutputMetadata, GraphNames.Logits, "output"), TensorElementType.Float, Any, model.VocabularySize);
        for (int layer = 0; layer < model.Layers; layer++)
        {
            Cache(GraphNames.PastKey(layer), GraphNames.PresentKey(layer), model);
            Cache(GraphNames.PastValue(layer), GraphNames.PresentValue(layer), model);
        }

        foreach (string name in _session.InputMetadata.Keys)
        {
            if (!_known.Contains(name))
            {
                throw new InvalidFileException(_path, name, "is an input that the runtime does not feed; expected only those of the slot contract");
            }
        }

        if (model.Slots.Count > 0)
        {
            Slot(model.Gate!, TensorElementType.Float, Any, Any, Any);
        }

        foreach (LoraSlot slot in model.Slots)
        {
            SlotLayout layout = new(slot, element, 0);
            TensorElementType type = element == WeightElement.Single ? TensorElementType.Float : TensorElementType.BFloat16;
            Slot(slot.A, type, Any, (int)layout.A.Width);
            Slot(slot.B, type, Any, (int)layout.B.Width);
            if (slot.Modules.DistinctBy(m => m.Block).Count() != slot.Modules.Count)
            {
                throw new InvalidFileException(_path, slot.A, "has two modules in one block; expected a block a module, since their A differ");
            }
        }
    }

    private void Input(string name, TensorElementType type, params ReadOnlySpan<int> dimensions) =>
        Check(name, Find(_session.InputMetadata, name, "input"), type, dimensions);

    private void Cache(string past, string present, ModelManifest model)
    {
        Input(past, TensorElementType.Float, Any, model.KeyValueHeads, Any, model.HeadSize);
        Check(present, Find(_session.OutputMetadata, present, "output"), TensorElementType.Float, Any, model.KeyValueHeads, Any, model.HeadSize);
    }

    private void Slot(string name, TensorElementType type, params ReadOnlySpan<int> dimensions) =>
        Check(name, Find(_session.OverridableInitializerMetadata, name, "input with a default (overridable initializer)"), type, dimensions);

    private NodeMetadata Find(IReadOnlyDictionary<string, NodeMetadata> nodes, string name, string kind)
    {
        _known.Add(name);
        return nodes.TryGetValue(name, out NodeMetadata? node)
            ? node
            : throw new InvalidFileException(_path, name, $"is missing; the manifest asks for an {kind} of this name");
    }

    private void Check(string name, NodeMetadata node, TensorElementType type, params ReadOnlySpan<int> expected)
    {
        if (node.OnnxValueType != OnnxValueType.ONNX_TYPE_TENSOR || node.ElementDataType != type)
        {
            throw new InvalidFileException(_path, name, $"is {node.OnnxValueType} of {node.ElementDataType}; expected a tensor of {type}");
        }

        bool fits = node.Dimensions.Length == expected.Length;
        for (int i = 0; fits && i < expected.Length; i++)
        {
            // A dimension that the graph leaves open, or that the runtime may choose, fits.
            fits = node.Dimensions[i] < 0 || expected[i] == Any || node.Dimensions[i] == expected[i];
        }

        if (!fits)
        {
            throw new InvalidFileException(
                _path, name, $"has dimensions [{string.Join(", ", node.Dimensions)}]; expected [{string.Join(", ", expected.ToArray())}], where -1 is any");
        }
    }
}
