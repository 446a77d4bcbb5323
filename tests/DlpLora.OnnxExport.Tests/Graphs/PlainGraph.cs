using DlpLora.Runtime.Models;
using Microsoft.ML.OnnxRuntime;

namespace DlpLora.OnnxExport.Tests.Graphs;

/// <summary>An exported graph in plain ONNX Runtime: no binding, no shared buffers, every call allocates.</summary>
internal sealed class PlainGraph : IDisposable
{
    private readonly InferenceSession _session;

    public PlainGraph(string folder, int threads = 2)
    {
        Manifest = ModelManifest.Load(folder);
        using SessionOptions options = new() { IntraOpNumThreads = threads, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        _session = new InferenceSession(Path.Combine(folder, Manifest.Graph), options);
    }

    public ModelManifest Manifest { get; }

    public InferenceSession Session => _session;

    /// <summary>What the cache of a sequence holds: per layer key and value, [1, kv heads, length, head size].</summary>
    public sealed record Cache(float[][] Values, int Length)
    {
        public static readonly Cache Empty = new([], 0);
    }

    /// <summary>The logits of every position of the ids, [positions, vocabulary], row-major.</summary>
    public float[] Logits(ReadOnlySpan<int> ids, params (string Name, float[] Values, long[] Shape)[] slots) => Step(ids, Cache.Empty, slots).Logits;

    /// <summary>Runs ids behind a cache.</summary>
    public (float[] Logits, Cache Cache) Step(ReadOnlySpan<int> ids, Cache past, params (string Name, float[] Values, long[] Shape)[] slots)
    {
        int total = past.Length + ids.Length;
        long[] tokens = new long[ids.Length];
        long[] rows = new long[ids.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            (tokens[i], rows[i]) = (ids[i], i);
        }

        Dictionary<string, OrtValue> inputs = new()
        {
            ["input_ids"] = OrtValue.CreateTensorValueFromMemory(tokens, [1, tokens.Length]),
            ["seqlens_k"] = OrtValue.CreateTensorValueFromMemory(new[] { total - 1 }, [1]),
            ["total_sequence_length"] = OrtValue.CreateTensorValueFromMemory(new[] { total }, [1]),
            ["logits_rows"] = OrtValue.CreateTensorValueFromMemory(rows, [rows.Length]),
        };
        int caches = 2 * Manifest.Layers;
        for (int i = 0; i < caches; i++)
        {
            float[] values = past.Length == 0 ? [] : past.Values[i];
            inputs[$"past_key_values.{i / 2}.{(i % 2 == 0 ? "key" : "value")}"] =
                OrtValue.CreateTensorValueFromMemory(values, [1, Manifest.KeyValueHeads, past.Length, Manifest.HeadSize]);
        }

        foreach ((string name, float[] values, long[] shape) in slots)
        {
            inputs[name] = OrtValue.CreateTensorValueFromMemory(values, shape);
        }

        using RunOptions run = new();
        string[] outputs = ["logits", .. Enumerable.Range(0, caches).Select(i => $"present.{i / 2}.{(i % 2 == 0 ? "key" : "value")}")];
        using IDisposableReadOnlyCollection<OrtValue> results = _session.Run(run, inputs, outputs);
        float[] logits = results[0].GetTensorDataAsSpan<float>().ToArray();
        Cache cache = new([.. results.Skip(1).Select(r => r.GetTensorDataAsSpan<float>().ToArray())], total);
        foreach (OrtValue value in inputs.Values)
        {
            value.Dispose();
        }

        return (logits, cache);
    }

    public void Dispose() => _session.Dispose();
}
