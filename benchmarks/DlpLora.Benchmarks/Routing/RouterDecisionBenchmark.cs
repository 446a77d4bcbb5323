using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using DlpLora.Runtime.Routing;

namespace DlpLora.Benchmarks.Routing;

/// <summary>Time and allocation of one decision of the shipped router: a sentence of 40 words, a short one, a page.</summary>
[MemoryDiagnoser]
public class RouterDecisionBenchmark
{
    private const string Sentence =
        "When the museum opened its doors to the public in the spring of that year, visitors from all over the country came to see the "
        + "collection of old maps, letters and instruments that the captain had brought home from his last journey";

    private readonly RoutingDecision _decision = new();
    private Router _router = null!;
    private string _text = string.Empty;

    /// <summary>Words of the text.</summary>
    [Params(10, 40, 400)]
    public int Words { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _router = Router.Load(FindRouter());
        _text = Text(Words);
    }

    /// <summary>A text of as many words, at most 400.</summary>
    internal static string Text(int words) => string.Join(' ', string.Join(' ', Enumerable.Repeat(Sentence, 20)).Split(' ')[..words]);

    [Benchmark]
    public RoutingDecision Decide()
    {
        _router.Decide(_text, RoutingPolicy.Default, _decision);
        return _decision;
    }

    /// <summary>Runs it in this process, so that nothing is built again.</summary>
    public static int Run()
    {
        BenchmarkRunner.Run<RouterDecisionBenchmark>(
            DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));
        return 0;
    }

    private static string FindRouter()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "samples", "models", "router.safetensors");
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new FileNotFoundException("samples/models/router.safetensors was not found above the benchmark.");
    }
}
