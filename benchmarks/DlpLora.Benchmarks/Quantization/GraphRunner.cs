using System.Diagnostics;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends.CustomOperators;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DlpLora.Benchmarks.Quantization;

/// <summary>An exported graph with past and present bound to one buffer, at batch 1: logits of a prompt, and the speed of decoding.</summary>
internal sealed class GraphRunner : IDisposable
{
    private const int Capacity = 512;

    private readonly OperatorDomain? _operators;
    private readonly InferenceSession _session;
    private readonly Dictionary<string, OrtValue> _cache = [];
    private readonly Dictionary<string, OrtValue> _slots = [];
    private readonly RunOptions _run = new();

    /// <param name="folder">An exported model.</param>
    /// <param name="threads">Threads of a run.</param>
    /// <param name="own">The graph with the runtime's own operators instead of the plain one.</param>
    public GraphRunner(string folder, int threads = 2, bool own = false)
    {
        Manifest = ModelManifest.Load(folder);
        string graph = own ? Manifest.OperatorGraph ?? throw new InvalidOperationException($"{folder} has no graph with operators") : Manifest.Graph;
        using SessionOptions options = new() { IntraOpNumThreads = threads, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        if (own)
        {
            _operators = new OperatorDomain(threads);
            _operators.AddTo(options);
        }

        _session = new InferenceSession(Path.Combine(folder, graph), options);
        for (int layer = 0; layer < Manifest.Layers; layer++)
        {
            foreach (string kind in new[] { "key", "value" })
            {
                _cache[$"{layer}.{kind}"] = OrtValue.CreateAllocatedTensorValue(
                    OrtAllocator.DefaultInstance, TensorElementType.Float, [1, Manifest.KeyValueHeads, Capacity, Manifest.HeadSize]);
            }
        }
    }

    public ModelManifest Manifest { get; }

    /// <summary>Puts stacked adapters into the slots.</summary>
    /// <param name="stack">Singles; to be kept alive while the graph runs.</param>
    /// <param name="gate">[R].</param>
    public void SetSlots(FusedStack stack, float[] gate)
    {
        Clear();
        _slots[Manifest.Gate!] = OrtValue.CreateTensorValueFromMemory(gate, [1, 1, stack.Rows]);
        for (int i = 0; i < Manifest.Slots.Count; i++)
        {
            LoraSlot slot = Manifest.Slots[i];
            SlotLayout layout = new(slot, WeightElement.Single, stack.Rows);
            _slots[slot.A] = OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance, TensorElementType.Float, [layout.A.Rows, layout.A.Width], stack.A(i), layout.ABytes);
            _slots[slot.B] = OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance, TensorElementType.Float, [layout.B.Rows, layout.B.Width], stack.B(i), layout.BBytes);
        }
    }

    /// <summary>Fills every slot with R rows of small numbers; 0 takes the graph's defaults.</summary>
    public void SetRank(int rank)
    {
        Clear();
        if (rank == 0 || Manifest.Gate is null)
        {
            return;
        }

        Random random = new(7);
        _slots[Manifest.Gate] = Filled([1, 1, rank], 1);
        foreach (LoraSlot slot in Manifest.Slots)
        {
            _slots[slot.A] = Filled([slot.Blocks * rank, slot.Inputs], 0.01f);
            _slots[slot.B] = Filled([slot.Blocks * rank, slot.Outputs], 0.001f);
        }

        OrtValue Filled(long[] shape, float scale)
        {
            float[] values = new float[shape.Aggregate(1L, (a, b) => a * b)];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = scale * (random.NextSingle() - 0.5f);
            }

            return OrtValue.CreateTensorValueFromMemory(values, shape);
        }
    }

    /// <summary>The logits of every position, [positions, vocabulary].</summary>
    public float[] Logits(int[] ids)
    {
        float[] logits = new float[ids.Length * Manifest.VocabularySize];
        using OrtIoBinding binding = Bind(ids, 0, Enumerable.Range(0, ids.Length).Select(i => (long)i).ToArray(), logits);
        _session.RunWithBinding(_run, binding);
        return logits;
    }

    /// <summary>Prefills a prompt and decodes; returns tokens a second.</summary>
    public double DecodeSpeed(int tokens, int prompt = 32)
    {
        Logits([.. Enumerable.Range(100, prompt)]);
        float[] logits = new float[Manifest.VocabularySize];
        long[] id = [100];
        int[] past = [0];
        int[] total = [0];
        using OrtValue ids = OrtValue.CreateTensorValueFromMemory(id, [1, 1]);
        using OrtValue seqlens = OrtValue.CreateTensorValueFromMemory(past, [1]);
        using OrtValue length = OrtValue.CreateTensorValueFromMemory(total, [1]);
        using OrtValue rows = OrtValue.CreateTensorValueFromMemory(new long[1], [1]);
        using OrtValue output = OrtValue.CreateTensorValueFromMemory(logits, [1, logits.Length]);
        using OrtIoBinding binding = Bind(ids, seqlens, length, rows, output);
        Stopwatch watch = new();
        for (int i = -4; i < tokens; i++)
        {
            if (i == 0)
            {
                watch.Start();
            }

            id[0] = 100 + ((i + 4) * 7 % 1000);
            past[0] = prompt + i + 4;
            total[0] = past[0] + 1;
            _session.RunWithBinding(_run, binding);
        }

        return tokens / watch.Elapsed.TotalSeconds;
    }

    public void Dispose()
    {
        Clear();
        foreach (OrtValue value in _cache.Values)
        {
            value.Dispose();
        }

        _run.Dispose();
        _session.Dispose();
        _operators?.Dispose();
    }

    private void Clear()
    {
        foreach (OrtValue value in _slots.Values)
        {
            value.Dispose();
        }

        _slots.Clear();
    }

    private OrtIoBinding Bind(int[] ids, int past, long[] rows, float[] logits)
    {
        int total = past + ids.Length;
        return Bind(
            OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(ids, i => (long)i), [1, ids.Length]),
            OrtValue.CreateTensorValueFromMemory(new[] { total - 1 }, [1]),
            OrtValue.CreateTensorValueFromMemory(new[] { total }, [1]),
            OrtValue.CreateTensorValueFromMemory(rows, [rows.Length]),
            OrtValue.CreateTensorValueFromMemory(logits, [rows.Length, Manifest.VocabularySize]));
    }

    private OrtIoBinding Bind(OrtValue ids, OrtValue seqlens, OrtValue total, OrtValue rows, OrtValue logits)
    {
        OrtIoBinding binding = _session.CreateIoBinding();
        binding.BindInput("input_ids", ids);
        binding.BindInput("seqlens_k", seqlens);
        binding.BindInput("total_sequence_length", total);
        binding.BindInput("logits_rows", rows);
        foreach ((string name, OrtValue value) in _cache)
        {
            binding.BindInput($"past_key_values.{name}", value);
            binding.BindOutput($"present.{name}", value);
        }

        foreach ((string name, OrtValue value) in _slots)
        {
            binding.BindInput(name, value);
        }

        binding.BindOutput("logits", logits);
        return binding;
    }
}
