using System.Text.Json;
using DlpLora.Runtime.Storage;

namespace DlpLora.Runtime.Models;

/// <summary>What <c>dlplora.json</c> says of a model folder: dimensions, slots, contract version, base fingerprint.</summary>
public sealed record ModelManifest
{
    /// <summary>The manifest's file name in a model folder.</summary>
    public const string FileName = "dlplora.json";

    /// <summary>The version of the slot contract that this library writes and reads (<c>docs/slots.md</c>).</summary>
    public const int CurrentContract = 1;

    /// <summary>Slots of bfloat16 (<see cref="OperatorSlots"/>).</summary>
    internal const string PackedSlots = "bfloat16";

    private const int MaximumBytes = 16 << 20;

    /// <summary>The version of the slot contract.</summary>
    public required int Contract { get; init; }

    /// <summary><c>sha256:</c> and the hash over the source's tensors in hexadecimal; equal for every precision of one base.</summary>
    public required string BaseFingerprint { get; init; }

    /// <summary>The model family, as <c>config.json</c> names it (<c>llama</c>).</summary>
    public required string Architecture { get; init; }

    /// <summary>The precision of the linear weights: <c>fp32</c>, <c>int8</c>, <c>int4</c>.</summary>
    public required string Precision { get; init; }

    /// <summary>The graph's file name. Default <c>model.onnx</c>.</summary>
    public string Graph { get; init; } = "model.onnx";

    /// <summary>
    /// The file name of the same graph with each slot as one node, the runtime's own operator <c>dlplora::LoraDelta</c>, over the same weights; the runtime
    /// takes it in place of <see cref="Graph"/>. Null for a graph without slots.
    /// </summary>
    public string? OperatorGraph { get; init; }

    /// <summary>
    /// How <see cref="OperatorGraph"/> takes A and B: null as <see cref="Graph"/> does, in float32; <c>bfloat16</c> in half the bytes, with B's zeros left out
    /// (<c>docs/slots.md</c>).
    /// </summary>
    public string? OperatorSlots { get; init; }

    /// <summary>Tokens in the vocabulary: the last dimension of the logits.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Decoder layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads.</summary>
    public required int AttentionHeads { get; init; }

    /// <summary>Key and value heads; the KV cache of a layer is [batch, heads, capacity, head size].</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of one head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>The longest sequence, prompt and answer together, in tokens.</summary>
    public required int ContextLength { get; init; }

    /// <summary>The token that begins a text; null where the model has none.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>The tokens that end an answer.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>The gate's input name, [1 or batch, 1 or sequence, R]; null for a graph without slots.</summary>
    public string? Gate { get; init; }

    /// <summary>The slots in the graph's order; empty for a graph without slots.</summary>
    public IReadOnlyList<LoraSlot> Slots { get; init; } = [];

    /// <summary>Reads and checks the manifest of a model folder.</summary>
    /// <param name="folder">The model folder.</param>
    /// <exception cref="InvalidFileException">The manifest is missing, damaged, or of another contract version.</exception>
    public static ModelManifest Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(Path.GetFullPath(folder), FileName);
        byte[] json;
        try
        {
            FileInfo file = new(path);
            if (!file.Exists)
            {
                throw new InvalidFileException(path, string.Empty, "not found; expected a model folder written by `dlplora export`");
            }

            if (file.Length > MaximumBytes)
            {
                throw new InvalidFileException(path, string.Empty, $"has {file.Length} bytes; expected at most {MaximumBytes}");
            }

            json = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(path, string.Empty, $"could not be read ({error.Message})", error);
        }

        ModelManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(json, ManifestJson.Default.ModelManifest)
                ?? throw new InvalidFileException(path, "$", "is null; expected an object");
        }
        catch (JsonException error)
        {
            throw new InvalidFileException(path, error.Path ?? "$", $"is not a manifest ({error.Message})", error);
        }

        ManifestChecks.Check(path, manifest);
        return manifest;
    }

    /// <summary>Writes the manifest into a model folder.</summary>
    /// <param name="folder">The model folder.</param>
    /// <exception cref="InvalidFileException">The folder cannot be written.</exception>
    public void Save(string folder) =>
        AtomicFile.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, ManifestJson.Default.ModelManifest) + "\n");
}
