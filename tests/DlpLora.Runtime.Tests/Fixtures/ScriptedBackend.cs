using System.Text;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Tests.Generation;
using Microsoft.Extensions.Logging;

namespace DlpLora.Runtime.Tests.Fixtures;

/// <summary>A backend that writes a given answer byte by byte, and keeps a record of what was run with which gate.</summary>
internal sealed class ScriptedBackend(string answer) : IDecoderBackend
{
    private readonly byte[] _answer = Encoding.UTF8.GetBytes(answer);

    public ModelManifest Model { get; } = ModelManifest.Load(TinyModel.Shared.Folder);

    /// <summary>Every run: how many rows and how many tokens a row it had, and the gate's first row (null for the base).</summary>
    public List<(int Rows, int Tokens, float[]? Gate)> Runs { get; } = [];

    /// <summary>Called at the beginning of every run with its number, from 0.</summary>
    public Action<int>? OnRun { get; set; }

    /// <summary>Called at the beginning of every run with its number, from 0, and its rows.</summary>
    public Action<int, int>? OnBatch { get; set; }

    /// <summary>Called before a decoder is made.</summary>
    public Action? OnCreate { get; set; }

    /// <summary>Called before a decoder changes its number of rows and their capacity.</summary>
    public Action<int, int>? OnResize { get; set; }

    public int Decoders { get; private set; }

    public int Disposed { get; private set; }

    public IDecoder CreateDecoder(int rows, int capacity)
    {
        OnCreate?.Invoke();
        Decoders++;
        return new Decoder(this, rows, capacity);
    }

    public void Dispose()
    {
    }

    /// <summary>An engine on this backend with the tiny model's tokenizer and template.</summary>
    public DlpLoraEngine CreateEngine(DlpLoraOptions? options = null, string? adapters = null, Router? router = null, ILogger? log = null) =>
        new(CreateParts(options, adapters, router, log));

    public EngineParts CreateParts(DlpLoraOptions? options = null, string? adapters = null, Router? router = null, ILogger? log = null) =>
        EngineFixture.CreateParts(this, options, adapters, router, log);

    private sealed class Decoder(ScriptedBackend owner, int rows, int capacity) : IDecoder
    {
        private readonly Dictionary<int, float[]> _gates = [];
        private readonly Dictionary<int, FusedStack?> _stacks = [];
        private float[] _logits = [];
        private Row[] _rows = New(rows);

        public int Rows => _rows.Length;

        public int Capacity { get; private set; } = capacity;

        public int Length(int row) => _rows[row].Length;

        public void Truncate(int row, int length) => _rows[row] = new Row { Length = length };

        public void Copy(int from, int to, int tokens) => _rows[to] = new Row { Length = tokens };

        public void Swap(int row, int other) => (_rows[row], _rows[other]) = (_rows[other], _rows[row]);

        public void Resize(int rows, int capacity)
        {
            owner.OnResize?.Invoke(rows, capacity);
            Row[] resized = New(rows);
            Array.Copy(_rows, resized, Math.Min(rows, _rows.Length));
            _rows = resized;
            Capacity = capacity;
        }

        public Span<float> Bind(int rows, FusedStack? stack, int gateRows)
        {
            _stacks[rows] = stack;
            return _gates[rows] = new float[gateRows * (stack?.Rows ?? 0)];
        }

        public Span<float> Read(int row, scoped ReadOnlySpan<int> ids, scoped ReadOnlySpan<int> logitsRows)
        {
            Record(1, ids.Length);
            _logits = new float[TinyModel.Vocabulary];
            Advance(_rows[row], ids, _logits);
            return _logits;
        }

        public Span<float> Decode(scoped ReadOnlySpan<int> ids)
        {
            Record(ids.Length, 1);
            _logits = new float[ids.Length * TinyModel.Vocabulary];
            for (int row = 0; row < ids.Length; row++)
            {
                Advance(_rows[row], ids.Slice(row, 1), _logits.AsSpan(row * TinyModel.Vocabulary, TinyModel.Vocabulary));
            }

            return _logits;
        }

        public void Dispose() => owner.Disposed++;

        private static Row[] New(int rows) => [.. Enumerable.Range(0, rows).Select(_ => new Row())];

        private void Record(int rows, int tokens)
        {
            FusedStack? stack = _stacks[rows];
            int run = owner.Runs.Count;
            owner.Runs.Add((rows, tokens, stack is null ? null : _gates[rows][..stack.Rows]));
            owner.OnRun?.Invoke(run);
            owner.OnBatch?.Invoke(run, rows);
        }

        private void Advance(Row row, ReadOnlySpan<int> ids, Span<float> logits)
        {
            // The answer goes on after the token that it wrote last; whatever else is run belongs to the prompt.
            byte[] answer = owner._answer;
            row.Next = ids.Length == 1 && row.Next < answer.Length && row.Length > 0 && ids[0] == answer[row.Next] ? row.Next + 1 : 0;
            row.Length += ids.Length;
            logits.Fill(-10);
            logits[row.Next < answer.Length ? answer[row.Next] : TinyModel.EndToken] = 10;
        }

        private sealed class Row
        {
            public int Length { get; set; }

            public int Next { get; set; }
        }
    }
}
