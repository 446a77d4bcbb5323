using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Fusion.Compression;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Templates;
using DlpLora.Runtime.Tokenization;
using Microsoft.Extensions.Logging;

namespace DlpLora.Runtime;

/// <summary>What every request of an engine works with. All parts are thread-safe, but for the rows.</summary>
internal sealed class EngineParts
{
    private Router? _router;
    private Router? _warned;
    private RegisteredLabels? _registered;

    public required ModelFolder Folder { get; init; }

    public required DlpLoraOptions Options { get; init; }

    public required IDecoderBackend Backend { get; init; }

    /// <summary>The rows of the KV cache; for the engine's thread alone.</summary>
    public required KvRows Rows { get; init; }

    public required AdapterRegistry Adapters { get; init; }

    public required FusionCache Fusion { get; init; }

    /// <summary>What replaces wide mixtures; null where every mixture is computed exactly.</summary>
    public MixtureCompressor? Compressor { get; init; }

    /// <summary>The router; a request reads it once and keeps what it read.</summary>
    public required Router? Router
    {
        get => Volatile.Read(ref _router);
        init => _router = value;
    }

    public required HuggingFaceTokenizer? Tokenizer { get; init; }

    public required ChatTemplate? Template { get; init; }

    /// <summary>Why there is no template; requests that need none are answered all the same.</summary>
    public required DlpLoraException? TemplateProblem { get; init; }

    public required ILogger Log { get; init; }

    /// <summary>The tokens that end an answer.</summary>
    public required int[] EndTokens { get; init; }

    public ModelManifest Model => Folder.Manifest;

    /// <summary>Puts a router in the place of another, if that is still there. Returns the one that was there.</summary>
    public Router? ReplaceRouter(Router router, Router? expected) => Interlocked.CompareExchange(ref _router, router, expected);

    /// <summary>Puts a router in the place of whichever is there, and returns that.</summary>
    public Router? ReplaceRouter(Router router) => Interlocked.Exchange(ref _router, router);

    /// <summary>The labels of a router that have an adapter now; made anew only after a change.</summary>
    public RegisteredLabels LabelsOf(Router router)
    {
        RegisteredLabels? labels = Volatile.Read(ref _registered);
        if (labels is null || !labels.IsOf(router, Adapters))
        {
            labels = RegisteredLabels.Of(router, Adapters);
            Volatile.Write(ref _registered, labels);
        }

        return labels;
    }

    /// <summary>Names the labels that a router will not use, once a router.</summary>
    public void WarnOfLabels(Router router, IReadOnlyList<string> labels)
    {
        if (Interlocked.Exchange(ref _warned, router) != router)
        {
            Log.LabelsLeftOut(router.Version, string.Join(", ", labels));
        }
    }

    public void Free()
    {
        Rows.Dispose();
        Fusion.Clear();
        Compressor?.Dispose();
        Adapters.Clear();
        Backend.Dispose();
    }
}
