using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Diagnostics;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Fusion.Compression;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Templates;
using DlpLora.Runtime.Tokenization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DlpLora.Runtime;

/// <summary>
/// Opens what an engine works with. The graph takes about as long as everything else together, so it loads on a thread of its own; the
/// router loads beside the tokenizer.
/// </summary>
internal static class EngineOpening
{
    /// <exception cref="DlpLoraException">A part cannot be opened; of several, the first in the order tokenizer, adapters, graph, router.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static EngineParts Open(string modelFolder, DlpLoraOptions options, CancellationToken cancellationToken)
    {
        // The native library loads while the manifest is read. If it is missing, the graph's loading says so.
        _ = Task.Run(OnnxNative.TryLoad, CancellationToken.None);
        ModelFolder folder = ModelFolder.Open(modelFolder);
        cancellationToken.ThrowIfCancellationRequested();
        Task<OnnxBackend> backend = Task.Factory.StartNew(
            () => OnnxBackend.Load(folder, options.Threads, options.Spinning),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        try
        {
            Task<Router?> router = Task.Run(() => LoadRouter(options.RouterFile, folder.Manifest), CancellationToken.None);
            HuggingFaceTokenizer? tokenizer = File.Exists(folder.TokenizerPath) ? HuggingFaceTokenizer.Load(folder.TokenizerPath) : null;
            (ChatTemplate? template, DlpLoraException? templateProblem) = LoadTemplate(folder, tokenizer);
            AdapterRegistry adapters = new(folder.Manifest, options.AdapterBudget(folder.WeightBytes), folder.SlotElement);
            if (options.AdapterFolder is { } adapterFolder)
            {
                adapters.AddFolder(adapterFolder);
            }

            cancellationToken.ThrowIfCancellationRequested();
            ILogger log = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger(typeof(DlpLoraEngine).FullName!);
            OnnxBackend model = backend.GetAwaiter().GetResult();
            FusionCache fusion = new(folder.Manifest, options.FusionBudgetBytes);
            log.Loaded(folder.Location, folder.Manifest.Architecture, folder.Manifest.Precision, folder.Manifest.Slots.Count, adapters.Names.Count);
            return new EngineParts
            {
                Folder = folder,
                Options = options,
                Backend = model,
                Rows = new KvRows(model, options.KvBudgetBytes, options.MaxConcurrentGenerations),
                Adapters = adapters,
                Fusion = fusion,
                Compressor = options.MaxMixtureRank is { } rank ? new MixtureCompressor(folder.Manifest, fusion, rank, log) : null,
                Router = router.GetAwaiter().GetResult(),
                Tokenizer = tokenizer,
                Template = template,
                TemplateProblem = templateProblem,
                Log = log,
                EndTokens = [.. folder.Manifest.EosTokenIds],
            };
        }
        catch
        {
            // Whoever asked is told at once; a graph that is still loading is freed when it is there.
            _ = backend.ContinueWith(
                static loaded => loaded.GetAwaiter().GetResult().Dispose(),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion,
                TaskScheduler.Default);
            throw;
        }
    }

    private static (ChatTemplate? Template, DlpLoraException? Problem) LoadTemplate(ModelFolder folder, HuggingFaceTokenizer? tokenizer)
    {
        if (tokenizer is null)
        {
            return (null, new InvalidFileException(folder.TokenizerPath, string.Empty, "not found; a request with messages or a text needs the model's tokenizer"));
        }

        try
        {
            return (ChatTemplate.Load(folder.Location, tokenizer), null);
        }
        catch (DlpLoraException error)
        {
            return (null, error);
        }
    }

    private static Router? LoadRouter(string? path, ModelManifest model)
    {
        if (path is null)
        {
            return null;
        }

        Router router = Router.Load(path);
        CheckBase(router, model);
        return router;
    }

    /// <summary>Refuses a router that was made for another base.</summary>
    /// <exception cref="RouterMismatchException">It was.</exception>
    public static void CheckBase(Router router, ModelManifest model)
    {
        if (router.BaseFingerprint is not null && router.BaseFingerprint != model.BaseFingerprint)
        {
            throw new RouterMismatchException(
                router.Version, $"was made for the base {router.BaseFingerprint}; the model's base is {model.BaseFingerprint}");
        }
    }
}
