using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Routing;
using Microsoft.Extensions.Logging;

namespace DlpLora.Runtime;

/// <summary>How <see cref="DlpLoraEngine"/> opens a model and how much it may use. The engine takes a copy when it loads.</summary>
/// <remarks>Threads, spinning, chunk and concurrency were measured: <c>benchmarks/results/engine-options.md</c>.</remarks>
public sealed class DlpLoraOptions
{
    private const int AdapterShare = 16;
    private const long LeastAdapterBudget = 8L << 20;

    /// <summary>A folder with one PEFT folder an adapter; its files are ignored, and a bad adapter is only an error once it is asked for.</summary>
    /// <value>Default null: adapters are added by <see cref="Adapters.AdapterRegistry.Add"/>.</value>
    public string? AdapterFolder { get; set; }

    /// <summary>The router's file.</summary>
    /// <value>Default null: without a pinned mixture the base answers.</value>
    public string? RouterFile { get; set; }

    /// <summary>How the router decides where a request does not say it. Its set of registered labels is the engine's to fill.</summary>
    /// <value>Default <see cref="Routing.RoutingPolicy.Default"/>.</value>
    public RoutingPolicy RoutingPolicy { get; set; } = RoutingPolicy.Default;

    /// <summary>Whether the router decides once a prompt or for every sentence, where a request does not say it.</summary>
    /// <value>Default <see cref="RoutingScope.Prompt"/>.</value>
    public RoutingScope RoutingScope { get; set; } = RoutingScope.Prompt;

    /// <summary>In sentence scope, whether the questions of the last user turn are answered one by one or together, where a request does not say it.</summary>
    /// <value>Default <see cref="SegmentAnswering.OneByOne"/>, which answered both parts of a prompt best: <c>docs/evaluation.md</c>.</value>
    public SegmentAnswering SegmentAnswering { get; set; } = SegmentAnswering.OneByOne;

    /// <summary>What becomes of the KV cache when the mixture changes in the middle of an answer, where a request does not say it.</summary>
    /// <value>Default <see cref="CacheOnSwitch.Keep"/>.</value>
    public CacheOnSwitch CacheOnSwitch { get; set; } = CacheOnSwitch.Keep;

    /// <summary>Threads inside one run of the model. More than there are cores halves the speed.</summary>
    /// <value>1 to 1024, or null for the number of physical cores that this process may use. Default null.</value>
    public int? Threads { get; set; }

    /// <summary>Whether the model's threads spin for a moment between operators instead of sleeping: faster tokens, a busier processor.</summary>
    /// <value>Default true.</value>
    public bool Spinning { get; set; } = true;

    /// <summary>How many requests are computed at the same time: they decode together, each with its own mixture. Others wait.</summary>
    /// <value>
    /// 1 to 256. Default 8: a step of eight rows takes about three times as long as that of one. All of them need room in <see cref="KvBudgetBytes"/>.
    /// </value>
    public int MaxConcurrentGenerations { get; set; } = 8;

    /// <summary>How many requests may wait; one more gets <see cref="Generation.QueueFullException"/>.</summary>
    /// <value>0 to 1,000,000. Default 256.</value>
    public int QueueLimit { get; set; } = 256;

    /// <summary>Bytes of adapter weights that stay in memory for the next request; the least recently used leave first. What requests in flight use is never refused.</summary>
    /// <value>
    /// 0 or more, or null for a sixteenth of the model's weights, at least 8 MiB. Default null: an adapter is needed again only where a mixture is stacked that is not
    /// kept (<see cref="FusionBudgetBytes"/>), and then it is read from its file in less time than a token takes.
    /// </value>
    public long? AdapterBudgetBytes { get; set; }

    /// <summary>Bytes of stacked and compressed mixtures that stay in memory for the next request; the least recently used leave first. What requests in flight use is never refused.</summary>
    /// <value>
    /// 0 or more. Default 16 MiB: stacking three adapters of the query and value projections anew takes less than a token. More is worth it with
    /// <see cref="MaxMixtureRank"/>, since compressing a mixture anew takes longer.
    /// </value>
    public long FusionBudgetBytes { get; set; } = 16L << 20;

    /// <summary>
    /// The widest mixture that is computed as it is. One whose adapters' ranks add up to more is replaced by one adapter of this rank, in every module the best
    /// approximation that there is (truncated singular value decomposition), before its prompt is read. <see cref="Generation.AppliedMixture.Compression"/> tells the error.
    /// </summary>
    /// <value>1 to 65,536, or null to compute every mixture exactly. Default null. What it costs and loses: <c>docs/rank-compression.md</c>.</value>
    public int? MaxMixtureRank { get; set; }

    /// <summary>Bytes of KV cache of all requests in flight, each with the room of the longest. A request that alone needs more gets <see cref="Backends.KvBudgetException"/>; others wait.</summary>
    /// <value>1 or more. Default 1 GiB. <see cref="Backends.KvCacheSize"/> tells what a sequence takes.</value>
    public long KvBudgetBytes { get; set; } = 1L << 30;

    /// <summary>
    /// Whether the keys and values of a request stay in the KV cache, within <see cref="KvBudgetBytes"/>, for a prompt of the same tenant that begins
    /// with the same tokens under the same weights: a shared system prompt, the next turn of a conversation.
    /// </summary>
    /// <value>
    /// Default false: an answer does not depend on what was asked before it. With reuse a prompt is read in other pieces, which an int4 graph rounds
    /// differently, so that an answer may come out with other words; in float32 logits differ by about 1e-5.
    /// </value>
    public bool PrefixReuse { get; set; }

    /// <summary>Prompt tokens that run through the model at once, at most 64 while other requests decode. A cancellation takes effect between two chunks.</summary>
    /// <value>1 to 1,048,576. Default 256.</value>
    public int PrefillChunk { get; set; } = 256;

    /// <summary>Whether tokens are guessed from the text so far, where a request does not say it: <see cref="Generation.GenerationRequest.PromptLookup"/>.</summary>
    /// <value>Default false: a quantized model rounds runs of several tokens otherwise than single ones, so that an answer may differ in a word.</value>
    public bool PromptLookup { get; set; }

    /// <summary>Where the engine logs to. Texts are logged at Trace only.</summary>
    /// <value>Default null: nowhere.</value>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="ArgumentException">A value is outside its range; the message names the option.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(RoutingPolicy);
        InRange((int)RoutingScope, 0, 1, nameof(RoutingScope));
        InRange((int)SegmentAnswering, 0, 1, nameof(SegmentAnswering));
        InRange((int)CacheOnSwitch, 0, 1, nameof(CacheOnSwitch));
        if (Threads is { } threads)
        {
            InRange(threads, 1, 1024, nameof(Threads));
        }

        InRange(MaxConcurrentGenerations, 1, 256, nameof(MaxConcurrentGenerations));
        InRange(QueueLimit, 0, 1_000_000, nameof(QueueLimit));
        InRange(AdapterBudgetBytes ?? 0, 0, long.MaxValue, nameof(AdapterBudgetBytes));
        InRange(FusionBudgetBytes, 0, long.MaxValue, nameof(FusionBudgetBytes));
        if (MaxMixtureRank is { } rank)
        {
            InRange(rank, 1, 1 << 16, nameof(MaxMixtureRank));
        }

        InRange(KvBudgetBytes, 1, long.MaxValue, nameof(KvBudgetBytes));
        InRange(PrefillChunk, 1, 1 << 20, nameof(PrefillChunk));
    }

    /// <summary>The bytes of adapters that are kept beside a model with so many bytes of weights.</summary>
    internal long AdapterBudget(long weightBytes) => AdapterBudgetBytes ?? Math.Max(LeastAdapterBudget, weightBytes / AdapterShare);

    internal DlpLoraOptions Copy() => (DlpLoraOptions)MemberwiseClone();

    private static void InRange(long value, long minimum, long maximum, string option)
    {
        if (value < minimum || value > maximum)
        {
            throw new ArgumentException($"{nameof(DlpLoraOptions)}.{option} is {value}; expected {minimum} to {maximum}.");
        }
    }
}
