using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Models;

namespace DlpLora.Runtime.Tests.Backends;

/// <summary>A model folder with its adapters below the engine: logits at every position, for a mixture or for a gate a position.</summary>
internal sealed class OpenModel : IDisposable
{
    private readonly OnnxBackend _backend;

    public OpenModel(string folder, string? adapters = null, int threads = 1)
    {
        ModelFolder model = ModelFolder.Open(folder);
        _backend = OnnxBackend.Load(model, threads, spinning: false);
        Adapters = new AdapterRegistry(model.Manifest, long.MaxValue, model.SlotElement);
        Fusion = new FusionCache(model.Manifest, long.MaxValue);
        if (adapters is not null)
        {
            Adapters.AddFolder(adapters);
        }
    }

    public AdapterRegistry Adapters { get; }

    public FusionCache Fusion { get; }

    public OnnxBackend Backend => _backend;

    public ModelManifest Model => _backend.Model;

    public IDecoder CreateDecoder(int capacity, int rows = 1) => _backend.CreateDecoder(rows, capacity);

    /// <summary>[ids, vocabulary].</summary>
    public float[] Logits(ReadOnlySpan<int> ids, Mixture mixture)
    {
        using RequestMixtures mixtures = new(Adapters, Fusion);
        mixtures.Select(mixture);
        using IDecoder decoder = CreateDecoder(ids.Length);
        mixtures.WriteGate(mixture, decoder.Bind(1, mixtures.Stack, 1));
        return decoder.Read(0, ids, All(ids.Length)).ToArray();
    }

    /// <summary>[ids, vocabulary], with a mixture for every position.</summary>
    public float[] Logits(ReadOnlySpan<int> ids, Mixture[] positions)
    {
        using RequestMixtures mixtures = new(Adapters, Fusion);
        mixtures.Select(positions);
        using IDecoder decoder = CreateDecoder(ids.Length);
        Span<float> gate = decoder.Bind(1, mixtures.Stack, ids.Length);
        int rows = gate.Length / ids.Length;
        for (int i = 0; i < ids.Length; i++)
        {
            mixtures.WriteGate(positions[i], gate.Slice(i * rows, rows));
        }

        return decoder.Read(0, ids, All(ids.Length)).ToArray();
    }

    public void Dispose()
    {
        Fusion.Clear();
        Adapters.Clear();
        _backend.Dispose();
    }

    public static int[] All(int count) => [.. Enumerable.Range(0, count)];
}
