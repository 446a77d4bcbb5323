using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Fusion.Compression;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Templates;
using DlpLora.Runtime.Tests.Backends;
using DlpLora.Runtime.Tests.Fixtures;
using DlpLora.Runtime.Tokenization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DlpLora.Runtime.Tests.Generation;

/// <summary>What an engine works with, for tests of what lies below it.</summary>
internal static class EngineFixture
{
    /// <summary>The parts over a backend.</summary>
    public static EngineParts CreateParts(
        IDecoderBackend backend, DlpLoraOptions? options = null, string? adapters = null, Router? router = null, ILogger? log = null)
    {
        options ??= new DlpLoraOptions();
        AdapterRegistry registry = new(backend.Model, options.AdapterBudget(weightBytes: 0));
        if (adapters is not null)
        {
            registry.AddFolder(adapters);
        }

        return Create(backend, options, registry, new FusionCache(backend.Model, options.FusionBudgetBytes), router, log);
    }

    /// <summary>The parts over a model that is open; of four rows, without a router.</summary>
    public static EngineParts CreateParts(OpenModel model, ILogger? log = null) =>
        Create(model.Backend, new DlpLoraOptions { MaxConcurrentGenerations = 4 }, model.Adapters, model.Fusion, null, log);

    private static EngineParts Create(
        IDecoderBackend backend, DlpLoraOptions options, AdapterRegistry adapters, FusionCache fusion, Router? router, ILogger? log)
    {
        ModelFolder folder = ModelFolder.Open(TinyModel.Shared.Folder);
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.Load(folder.TokenizerPath);
        log ??= NullLogger.Instance;
        return new EngineParts
        {
            Folder = folder,
            Options = options,
            Backend = backend,
            Rows = new KvRows(backend, options.KvBudgetBytes, options.MaxConcurrentGenerations),
            Adapters = adapters,
            Fusion = fusion,
            Compressor = options.MaxMixtureRank is { } rank ? new MixtureCompressor(backend.Model, fusion, rank, log) : null,
            Router = router,
            Tokenizer = tokenizer,
            Template = ChatTemplate.Load(folder.Location, tokenizer),
            TemplateProblem = null,
            Log = log,
            EndTokens = [TinyModel.EndToken],
        };
    }
}
