using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends.CustomOperators;

namespace DlpLora.Runtime.Models;

/// <summary>A model folder whose manifest and graph file were checked: the manifest's rules, and that weights come from inside the folder.</summary>
internal sealed class ModelFolder
{
    private const string TokenizerFileName = "tokenizer.json";

    private ModelFolder(string path, ModelManifest manifest)
    {
        Location = path;
        Manifest = manifest;
        bool operators = OperatorDomain.IsSupported && manifest.OperatorGraph is not null;
        GraphPath = Path.Combine(path, operators ? manifest.OperatorGraph! : manifest.Graph);
        SlotElement = operators && manifest.OperatorSlots == ModelManifest.PackedSlots ? WeightElement.BFloat16 : WeightElement.Single;
    }

    /// <summary>The folder's full path.</summary>
    public string Location { get; }

    public ModelManifest Manifest { get; }

    /// <summary>The graph that the runtime loads: that with its own operators, where the folder has one and the processor can compute them.</summary>
    public string GraphPath { get; }

    /// <summary>Bytes of the files that the graph takes its weights from.</summary>
    public long WeightBytes { get; private set; }

    /// <summary>The form of A and B that this graph takes.</summary>
    public WeightElement SlotElement { get; }

    public string TokenizerPath => Path.Combine(Location, TokenizerFileName);

    /// <exception cref="InvalidFileException">The folder, its manifest, its graph or its weights are missing or damaged.</exception>
    public static ModelFolder Open(string path)
    {
        string full = Path.GetFullPath(path);
        if (!Directory.Exists(full))
        {
            throw new InvalidFileException(full, string.Empty, "not found; expected a model folder written by `dlplora export`");
        }

        ModelFolder folder = new(full, ModelManifest.Load(full));
        folder.WeightBytes = OnnxExternalData.Check(folder.GraphPath);
        return folder;
    }
}
