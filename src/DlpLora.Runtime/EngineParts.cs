using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Templates;
using DlpLora.Runtime.Tokenization;
using Microsoft.Extensions.Logging;

namespace DlpLora.Runtime;

/// <summary>What every request of an engine works with. All parts are thread-safe, but for the rows.</summary>
internal sealed class EngineParts
{
    private int _warnedOfLabels;

    public required ModelFolder Folder { get; init; }

    public required DlpLoraOptions Options { get; init; }

    public required IDecoderBackend Backend { get; init; }

    /// <summary>The rows of the KV cache; for the engine's thread alone.</summary>
    public required KvRows Rows { get; init; }

    public required AdapterRegistry Adapters { get; init; }

    public required FusionCache Fusion { get; init; }

    public required Router? Router { get; init; }

    public required HuggingFaceTokenizer? Tokenizer { get; init; }

    public required ChatTemplate? Template { get; init; }

    /// <summary>Why there is no template; requests that need none are answered all the same.</summary>
    public required DlpLoraException? TemplateProblem { get; init; }

    public required ILogger Log { get; init; }

    /// <summary>The tokens that end an answer.</summary>
    public required int[] EndTokens { get; init; }

    public ModelManifest Model => Folder.Manifest;

    /// <summary>Names the labels that the router will not use, once an engine.</summary>
    public void WarnOfLabels(IReadOnlyList<string> labels)
    {
        if (Interlocked.Exchange(ref _warnedOfLabels, 1) == 0)
        {
            Log.LabelsLeftOut(Router!.Version, string.Join(", ", labels));
        }
    }

    public void Free()
    {
        Rows.Dispose();
        Fusion.Clear();
        Adapters.Clear();
        Backend.Dispose();
    }
}
