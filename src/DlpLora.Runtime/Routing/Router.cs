using System.Diagnostics;
using DlpLora.Runtime.Routing.Prototypes;

namespace DlpLora.Runtime.Routing;

/// <summary>
/// Decides which adapters a text needs: hashed word and character n-grams, an embedding table, a small MLP, one score an adapter
/// (DLP-LoRA, arXiv 2410.01497).
/// </summary>
/// <remarks>
/// Immutable and thread-safe. A decision depends on its text and policy alone, never on what else is being routed. The same text gives the
/// same decision at every call; on another processor the probabilities may differ in their last bits.
/// </remarks>
public sealed class Router
{
    private readonly RouterModel _model;

    internal Router(RouterModel model, string version)
    {
        _model = model;
        Version = version;
    }

    /// <summary>The labels, in the order of the scores. A label is the name of its adapter.</summary>
    public IReadOnlyList<string> Labels => _model.Labels;

    /// <summary>The first 12 hexadecimal digits of the SHA-256 over the labels, the numbers and the calibration.</summary>
    public string Version { get; }

    /// <summary>The fingerprint of the base that the router was made for; null when it serves any.</summary>
    public string? BaseFingerprint => _model.BaseFingerprint;

    /// <summary>Every number in the file; at most 5,000,000.</summary>
    public int ParameterCount => _model.ParameterCount;

    /// <summary>The confidence below which the router abstains, unless a policy says otherwise.</summary>
    public float AbstentionThreshold => _model.Calibration.AbstentionThreshold;

    internal RouterModel Model => _model;

    /// <summary>Reads a router.</summary>
    /// <param name="path">The <c>.safetensors</c> file.</param>
    /// <exception cref="InvalidFileException">The file is missing, damaged, too large, or not a router that this version reads.</exception>
    public static Router Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        RouterModel model = RouterFile.Read(path);
        return Of(model);
    }

    /// <summary>Writes the router file, whole or not at all.</summary>
    /// <param name="path">The <c>.safetensors</c> file to create or replace.</param>
    /// <exception cref="InvalidFileException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        RouterFile.Write(path, _model);
    }

    /// <summary>
    /// A router that knows one more adapter, from a few of its texts, in milliseconds and without training. This router stays as it is, and
    /// both share the big arrays. Where the examples cannot be told from another label's texts, the two are taken for the same task and
    /// share their probability; the one whose name is last in ordinal order answers (<c>sql-v2</c> before <c>sql</c>).
    /// </summary>
    /// <param name="name">The adapter's name.</param>
    /// <param name="examples">5 to 1,000 different texts that the adapter is for; 10 in several wordings are enough. Their order hardly matters.</param>
    /// <exception cref="RouterLabelException">
    /// The name is no adapter name or taken, an example is empty, there are fewer than 5, the router would have more than 5,000,000 numbers, or its
    /// file is an older one without texts of the other labels.
    /// </exception>
    public Router AddAdapter(string name, IReadOnlyList<string> examples)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(examples);
        return Of(AdapterExamples.Add(_model, name, examples));
    }

    /// <summary>A router without a label, whether it was trained or added. The other labels keep their scores.</summary>
    /// <param name="name">The label.</param>
    /// <exception cref="RouterLabelException">The router has no such label, or no other.</exception>
    public Router RemoveAdapter(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int index = Find(name);
        return _model.Labels.Length > 1
            ? Of(AddedLabels.Remove(_model, index))
            : throw new RouterLabelException(name, "is the router's only label");
    }

    /// <summary>A router where a label has another name. Its scores stay the same.</summary>
    /// <param name="name">The label.</param>
    /// <param name="newName">Its new name.</param>
    /// <exception cref="RouterLabelException">The router has no such label, or the new name is no adapter name or taken.</exception>
    public Router RenameAdapter(string name, string newName)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(newName);
        int index = Find(name);
        AdapterExamples.CheckName(_model, newName);
        return Of(AddedLabels.Rename(_model, index, newName));
    }

    /// <summary>Decides for one text.</summary>
    /// <param name="text">The user's text, without the chat template around it; any UTF-16, any length.</param>
    /// <param name="policy">The policy; null takes <see cref="RoutingPolicy.Default"/>.</param>
    public RoutingDecision Decide(ReadOnlySpan<char> text, RoutingPolicy? policy = null)
    {
        RoutingDecision decision = new();
        Decide(text, policy ?? RoutingPolicy.Default, decision);
        return decision;
    }

    /// <summary>Decides for one text into a decision made before. Allocates nothing once that has seen a router with as many labels.</summary>
    /// <param name="text">The user's text, without the chat template around it; any UTF-16, any length.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="into">Overwritten with the decision.</param>
    /// <exception cref="ArgumentNullException">The policy or the decision is null.</exception>
    public void Decide(ReadOnlySpan<char> text, RoutingPolicy policy, RoutingDecision into)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(into);
        long start = Stopwatch.GetTimestamp();
        (float[] scores, float[] probabilities) = into.Reset(this);
        Span<float> own = scores.AsSpan(0, _model.ScoreCount);
        int features = _model.Score(text, own);
        own.CopyTo(probabilities);
        AdapterSelection.Select(_model, probabilities.AsSpan(0, own.Length), features, policy, into);
        into.Microseconds = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    /// <summary>
    /// Cuts a text into segments of neighbouring sentences that want the same mixture, and decides for each over its whole text. A text
    /// about one thing is one segment, with the decision that <see cref="Decide(ReadOnlySpan{char}, RoutingPolicy?)"/> gives.
    /// </summary>
    /// <param name="text">The user's text.</param>
    /// <param name="policy">The policy.</param>
    /// <returns>Segments in the text's order that cover it without gaps; one for an empty text.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public IReadOnlyList<SegmentDecision> DecideSegments(string text, RoutingPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(policy);
        List<SegmentDecision> decisions = [];
        foreach (SentenceRange range in SegmentSearch.Find(_model, text, policy))
        {
            decisions.Add(new SegmentDecision(range.Start, range.End, Decide(text.AsSpan(range.Start, range.Length), policy)));
        }

        return decisions;
    }

    private static Router Of(RouterModel model) => new(model, model.ComputeVersion());

    private int Find(string name)
    {
        int index = Array.IndexOf(_model.Labels, name);
        return index >= 0 ? index : throw new RouterLabelException(name, $"the router has no such label; it has {string.Join(", ", _model.Labels.Take(50))}");
    }
}
