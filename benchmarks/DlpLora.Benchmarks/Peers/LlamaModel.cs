using System.Diagnostics;
using System.Numerics.Tensors;

namespace DlpLora.Benchmarks.Peers;

/// <summary>A GGUF in llama.cpp on the CPU, with its own defaults but for the threads: repacked weights, flash attention where it helps, f16 cache.</summary>
internal sealed unsafe class LlamaModel : IDisposable
{
    private const int ContextTokens = 2048;

    private readonly nint _model;
    private readonly nint _context;
    private readonly int _vocabulary;
    private readonly Dictionary<string, nint> _adapters = [];

    public LlamaModel(string gguf, int threads, int sequences = 1)
    {
        _model = LlamaNative.LoadModel(gguf, LlamaNative.DefaultModel());
        if (_model == 0)
        {
            throw new InvalidOperationException($"llama.cpp could not load {gguf}");
        }

        _vocabulary = LlamaNative.VocabularySize(LlamaNative.Vocabulary(_model));
        LlamaNative.ContextParameters parameters = LlamaNative.DefaultContext();
        parameters.Context = ContextTokens;
        parameters.Sequences = (uint)sequences;
        parameters.Threads = threads;
        parameters.BatchThreads = threads;
        _context = LlamaNative.CreateContext(_model, parameters);
        if (_context == 0)
        {
            throw new InvalidOperationException("llama.cpp could not create a context");
        }
    }

    /// <summary>Puts adapters in force for what comes, each with a scale. They are read at their first use.</summary>
    public void Use(params ReadOnlySpan<(string Path, float Scale)> adapters)
    {
        nint* handles = stackalloc nint[adapters.Length + 1];
        float* scales = stackalloc float[adapters.Length + 1];
        for (int i = 0; i < adapters.Length; i++)
        {
            handles[i] = Adapter(adapters[i].Path);
            scales[i] = adapters[i].Scale;
        }

        Check(LlamaNative.SetAdapters(_context, handles, (nuint)adapters.Length, scales));
    }

    /// <summary>Reads a prompt into an empty cache.</summary>
    /// <returns>The most likely next token, and how long it took.</returns>
    public (int Token, TimeSpan Time) Prefill(ReadOnlySpan<int> prompt)
    {
        LlamaNative.Clear(LlamaNative.Memory(_context), 0);
        long start = Stopwatch.GetTimestamp();
        fixed (int* tokens = prompt)
        {
            // Without positions and sequences llama.cpp continues sequence 0, and computes the last token's logits alone.
            Check(LlamaNative.Decode(_context, new LlamaNative.Batch { Count = prompt.Length, Tokens = tokens }));
        }

        return (Best(-1), Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Continues greedily, token by token, after <see cref="Prefill"/>.</summary>
    public TimeSpan Decode(int token, int tokens)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < tokens; i++)
        {
            Check(LlamaNative.Decode(_context, new LlamaNative.Batch { Count = 1, Tokens = &token }));
            token = Best(-1);
        }

        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Answers the same prompt in several sequences, decoded together with the adapters now in force.</summary>
    /// <returns>The time of prompts and answers together.</returns>
    public TimeSpan Together(ReadOnlySpan<int> prompt, int sequences, int tokens)
    {
        int* ids = stackalloc int[sequences];
        int* positions = stackalloc int[sequences];
        int* counts = stackalloc int[sequences];
        int* numbers = stackalloc int[sequences];
        int** rows = stackalloc int*[sequences];
        byte* wanted = stackalloc byte[sequences];
        long start = Stopwatch.GetTimestamp();
        LlamaNative.Clear(LlamaNative.Memory(_context), 0);
        for (int i = 0; i < sequences; i++)
        {
            (counts[i], numbers[i], wanted[i]) = (1, i, 1);
            rows[i] = numbers + i;
            ids[i] = PrefillInto(prompt, i);
        }

        for (int step = 0; step < tokens; step++)
        {
            new Span<int>(positions, sequences).Fill(prompt.Length + step);
            Check(LlamaNative.Decode(_context, new LlamaNative.Batch
            {
                Count = sequences,
                Tokens = ids,
                Positions = positions,
                SequenceCounts = counts,
                Sequences = rows,
                Logits = wanted,
            }));
            for (int i = 0; i < sequences; i++)
            {
                ids[i] = Best(i);
            }
        }

        return Stopwatch.GetElapsedTime(start);
    }

    public void Dispose()
    {
        // The adapters go with their model.
        LlamaNative.FreeContext(_context);
        LlamaNative.FreeModel(_model);
    }

    private static void Check(int status)
    {
        if (status != 0)
        {
            throw new InvalidOperationException($"llama.cpp failed with {status}");
        }
    }

    private int PrefillInto(ReadOnlySpan<int> prompt, int sequence)
    {
        int length = prompt.Length;
        int[] positions = [.. Enumerable.Range(0, length)];
        int[] counts = new int[length];
        Array.Fill(counts, 1);
        byte[] wanted = new byte[length];
        wanted[^1] = 1;
        int** rows = stackalloc int*[length];
        for (int i = 0; i < length; i++)
        {
            rows[i] = &sequence;
        }

        fixed (int* tokens = prompt, places = positions, ones = counts)
        fixed (byte* logits = wanted)
        {
            Check(LlamaNative.Decode(_context, new LlamaNative.Batch
            {
                Count = length,
                Tokens = tokens,
                Positions = places,
                SequenceCounts = ones,
                Sequences = rows,
                Logits = logits,
            }));
        }

        return Best(-1);
    }

    private int Best(int row) => TensorPrimitives.IndexOfMax(new ReadOnlySpan<float>(LlamaNative.Logits(_context, row), _vocabulary));

    private nint Adapter(string path)
    {
        if (!_adapters.TryGetValue(path, out nint adapter))
        {
            adapter = LlamaNative.LoadAdapter(_model, path);
            _adapters[path] = adapter != 0 ? adapter : throw new InvalidOperationException($"llama.cpp could not load {path}");
        }

        return adapter;
    }
}
