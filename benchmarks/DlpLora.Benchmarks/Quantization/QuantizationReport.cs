using System.Globalization;
using DlpLora.OnnxExport;
using DlpLora.Runtime.Backends.CustomOperators;

namespace DlpLora.Benchmarks.Quantization;

/// <summary>
/// What each mapping of the GGUF's weights loses against the fp32 export, and how fast it decodes:
/// <c>quantization --tasks DIR [--model FILE.gguf] [--rows N] [--only TEXT] [--part loss|speed]</c>. Without <c>--part</c> both.
/// </summary>
internal static class QuantizationReport
{
    private const int MaximumTokens = 100;
    private const int Rounds = 5;
    private const int DecodedTokens = 48;

    public static int Run(string[] args)
    {
        string Option(string name, string fallback) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : fallback;
        string model = Option("--model", BenchmarkPaths.Gguf);
        string only = Option("--only", string.Empty);
        string part = Option("--part", string.Empty);
        Mapping[] mappings = [.. Mapping.All.Where(m => (!m.Own || OperatorDomain.IsSupported) && (only.Length == 0 ? !m.Slow : m.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))];
        string work = Directory.CreateTempSubdirectory("dlplora-quantization").FullName;
        try
        {
            if (part != "speed")
            {
                List<int[]> texts = TaskText.Read(
                    Option("--tasks", string.Empty),
                    Path.Combine(Path.GetDirectoryName(model)!, "tokenizer.json"),
                    int.Parse(Option("--rows", "1"), CultureInfo.InvariantCulture),
                    MaximumTokens);
                Losses(model, work, texts, mappings);
            }

            if (part != "loss")
            {
                Speeds(model, work, [.. mappings.Where(m => m.SpeedOf is null)]);
            }

            return 0;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static void Losses(string model, string work, List<int[]> texts, Mapping[] mappings)
    {
        string folder = Path.Combine(work, "model");
        ModelExporter.Export(model, folder, new ExportOptions { Precision = Precision.Fp32, Slots = SlotScope.None });
        List<float[]> reference;
        using (GraphRunner runner = new(folder))
        {
            reference = texts.ConvertAll(runner.Logits);
        }

        Console.WriteLine($"{texts.Sum(t => t.Length)} positions of {texts.Count} test rows\n");
        Console.WriteLine("| mapping | mean KL, nats | top-1 agreement | MB |\n|---|---|---|---|");
        foreach (Mapping mapping in mappings)
        {
            ModelExporter.Export(model, folder, new ExportOptions { Slots = SlotScope.None, Layout = mapping.Layout });
            using GraphRunner runner = new(folder, own: mapping.Own);
            (double divergence, double agreement) = Compare(runner, texts, reference);
            double megabytes = new FileInfo(Path.Combine(folder, "model.onnx.data")).Length / 1e6;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {mapping.Name} | {divergence:0.0000} | {agreement:0.0%} | {megabytes:0} |"));
        }
    }

    // Interleaved rounds, so that whatever else the machine does meets all alike; the best of each counts.
    private static void Speeds(string model, string work, Mapping[] mappings)
    {
        List<(Mapping Mapping, GraphRunner Runner, double Best)> runners = [];
        foreach (Mapping mapping in mappings)
        {
            string folder = Path.Combine(work, $"speed-{runners.Count}");
            ModelExporter.Export(model, folder, new ExportOptions { Slots = SlotScope.None, Layout = mapping.Layout });
            runners.Add((mapping, new GraphRunner(folder, own: mapping.Own), 0));
        }

        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < runners.Count; i++)
            {
                (Mapping mapping, GraphRunner runner, double best) = runners[i];
                runners[i] = (mapping, runner, Math.Max(best, runner.DecodeSpeed(mapping.Slow ? 4 : DecodedTokens)));
            }
        }

        Console.WriteLine($"\n| mapping | tokens/s, best of {Rounds} |\n|---|---|");
        foreach ((Mapping mapping, GraphRunner runner, double best) in runners)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {mapping.Name} | {best:0} |"));
            runner.Dispose();
        }
    }

    private static (double Divergence, double Agreement) Compare(GraphRunner runner, List<int[]> texts, List<float[]> reference)
    {
        int vocabulary = runner.Manifest.VocabularySize;
        double divergence = 0;
        int agreed = 0;
        int positions = 0;
        for (int t = 0; t < texts.Count; t++)
        {
            float[] logits = runner.Logits(texts[t]);
            for (int p = 0; p < texts[t].Length; p++)
            {
                ReadOnlySpan<float> expected = reference[t].AsSpan(p * vocabulary, vocabulary);
                ReadOnlySpan<float> actual = logits.AsSpan(p * vocabulary, vocabulary);
                divergence += Divergence.Of(expected, actual);
                agreed += System.Numerics.Tensors.TensorPrimitives.IndexOfMax(expected) == System.Numerics.Tensors.TensorPrimitives.IndexOfMax(actual) ? 1 : 0;
                positions++;
            }
        }

        return (divergence / positions, (double)agreed / positions);
    }
}
