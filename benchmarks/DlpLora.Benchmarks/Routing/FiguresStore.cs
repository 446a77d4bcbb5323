using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Storage;
using DlpLora.Runtime.Training;

namespace DlpLora.Benchmarks.Routing;

/// <summary>
/// Keeps the figures of a finished step under <c>artifacts/</c>, so that a run that was stopped goes on. A step counts as finished only for
/// the very code and data it ran with.
/// </summary>
internal sealed class FiguresStore
{
    private readonly string _folder;

    public FiguresStore(string data)
    {
        string code = $"{typeof(Router).Module.ModuleVersionId} {typeof(RouterTrainer).Module.ModuleVersionId} {typeof(FiguresStore).Module.ModuleVersionId}";
        string files = string.Join('\n', Directory.EnumerateFiles(data, "*.jsonl", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).Select(f => $"{f} {new FileInfo(f).Length} {File.GetLastWriteTimeUtc(f):O}"));
        string key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{code}\n{files}")))[..16];
        _folder = Path.Combine(BenchmarkPaths.Root, "artifacts", "router-figures", key);
    }

    /// <summary>The step's figures: those kept, or those that it makes now.</summary>
    public Dictionary<string, double> Get(string step, Func<Dictionary<string, double>> make)
    {
        string path = Path.Combine(_folder, $"{step}.json");
        if (File.Exists(path))
        {
            RouterAccuracy.Print($"{step}: kept from before");
            return JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllBytes(path))!;
        }

        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        Dictionary<string, double> figures = make();
        AtomicFile.WriteText(path, JsonSerializer.Serialize(figures));
        RouterAccuracy.Print($"{step}: {System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
        return figures;
    }
}
