using System.Text;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Templates;
using DlpLora.Runtime.Tokenization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DlpLora.Runtime.Tests.Fixtures;

/// <summary>A backend that writes a given answer byte by byte, and keeps a record of what was run with which gate.</summary>
internal sealed class ScriptedBackend(string answer) : IDecoderBackend
{
    private readonly byte[] _answer = Encoding.UTF8.GetBytes(answer);

    public ModelManifest Model { get; } = ModelManifest.Load(TinyModel.Shared.Folder);

    /// <summary>Every run: how many tokens it had, and the gate's first row (null for the base).</summary>
    public List<(int Tokens, float[]? Gate)> Runs { get; } = [];

    /// <summary>Called at the beginning of every run with its number, from 0.</summary>
    public Action<int>? OnRun { get; set; }

    /// <summary>Called before a decoder is made.</summary>
    public Action? OnCreate { get; set; }

    /// <summary>Called before a decoder is emptied.</summary>
    public Action? OnReset { get; set; }

    public int Decoders { get; private set; }

    public int Disposed { get; private set; }

    public IDecoder CreateDecoder(int capacity)
    {
        OnCreate?.Invoke();
        Decoders++;
        return new Decoder(this, capacity);
    }

    public void Dispose()
    {
    }

    /// <summary>An engine on this backend with the tiny model's tokenizer and template.</summary>
    public DlpLoraEngine CreateEngine(DlpLoraOptions? options = null, string? adapters = null, Router? router = null, ILogger? log = null) =>
        new(CreateParts(options, adapters, router, log));

    public EngineParts CreateParts(DlpLoraOptions? options = null, string? adapters = null, Router? router = null, ILogger? log = null)
    {
        options ??= new DlpLoraOptions();
        AdapterRegistry registry = new(Model, options.AdapterBudgetBytes);
        if (adapters is not null)
        {
            registry.AddFolder(adapters);
        }

        ModelFolder folder = ModelFolder.Open(TinyModel.Shared.Folder);
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.Load(folder.TokenizerPath);
        return new EngineParts
        {
            Folder = folder,
            Options = options,
            Backend = this,
            Decoders = new DecoderPool(this, options.KvBudgetBytes),
            Adapters = registry,
            Fusion = new FusionCache(Model, options.FusionBudgetBytes),
            Router = router,
            Tokenizer = tokenizer,
            Template = ChatTemplate.Load(folder.Location, tokenizer),
            TemplateProblem = null,
            Log = log ?? NullLogger.Instance,
            EndTokens = [TinyModel.EndToken],
        };
    }

    private sealed class Decoder(ScriptedBackend owner, int capacity) : IDecoder
    {
        private readonly float[] _logits = new float[TinyModel.Vocabulary];
        private float[] _gate = [];
        private FusedStack? _stack;
        private int _next;
        private bool _written;

        public int Capacity => capacity;

        public int Length { get; private set; }

        public void Reset()
        {
            owner.OnReset?.Invoke();
            Length = 0;
            _next = 0;
            _written = false;
            _stack = null;
        }

        public void Bind(FusedStack? stack) => _stack = stack;

        public Span<float> Gate(int rows) => _gate = new float[rows * (_stack?.Rows ?? 0)];

        public Span<float> Run(scoped ReadOnlySpan<int> ids, scoped ReadOnlySpan<int> logitsRows)
        {
            owner.OnRun?.Invoke(owner.Runs.Count);
            owner.Runs.Add((ids.Length, _stack is null ? null : _gate[.._stack.Rows]));
            Length += ids.Length;

            // The answer goes on after the token that it wrote last; whatever else is run belongs to the prompt.
            _next = ids.Length == 1 && _next < owner._answer.Length && _written && ids[0] == owner._answer[_next] ? _next + 1 : 0;
            _written = true;
            Array.Fill(_logits, -10);
            _logits[_next < owner._answer.Length ? owner._answer[_next] : TinyModel.EndToken] = 10;
            return _logits;
        }

        public void Dispose() => owner.Disposed++;
    }
}
