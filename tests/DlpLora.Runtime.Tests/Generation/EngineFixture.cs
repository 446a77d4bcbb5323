using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Templates;
using DlpLora.Runtime.Tests.Backends;
using DlpLora.Runtime.Tests.Fixtures;
using DlpLora.Runtime.Tokenization;
using Microsoft.Extensions.Logging.Abstractions;

namespace DlpLora.Runtime.Tests.Generation;

/// <summary>What an engine works with, for tests of what lies below it.</summary>
internal static class EngineFixture
{
    /// <summary>The parts over a model that is open; of four rows, without a router.</summary>
    public static EngineParts CreateParts(OpenModel model)
    {
        ModelFolder folder = ModelFolder.Open(TinyModel.Shared.Folder);
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.Load(folder.TokenizerPath);
        return new EngineParts
        {
            Folder = folder,
            Options = new DlpLoraOptions { MaxConcurrentGenerations = 4 },
            Backend = model.Backend,
            Rows = new KvRows(model.Backend, 1L << 30, 4),
            Adapters = model.Adapters,
            Fusion = model.Fusion,
            Router = null,
            Tokenizer = tokenizer,
            Template = ChatTemplate.Load(folder.Location, tokenizer),
            TemplateProblem = null,
            Log = NullLogger.Instance,
            EndTokens = [TinyModel.EndToken],
        };
    }
}
