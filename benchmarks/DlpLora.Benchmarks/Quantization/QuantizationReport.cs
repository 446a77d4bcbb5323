using System.Diagnostics;
using System.Globalization;
using DlpLora.OnnxExport;

namespace DlpLora.Benchmarks.Quantization;

/// <summary>
/// What each mapping of the GGUF's weights loses against the fp32 export, and how fast it decodes:
/// <c>quantization --model FILE.gguf --tasks DIR [--rows N] [--only TEXT] [--out FILE.md]</c>.
/// </summary>
internal static class QuantizationReport
{
    public static int Run(string[] args)
    {
        string Option(string name, string fallback) => Array.IndexOf(args, name) is >= 0 and var i ? args[i + 1] : fallback;
        string model = Option("--model", string.Empty);
        string only = Option("--only", string.Empty);
        string work = Directory.CreateTempSubdirectory("dlplora-quantization").FullName;
        try
        {
            List<int[]> texts = TaskText.Read(
                Option("--tasks", string.Empty), Path.Combine(Path.GetDirectoryName(model)!, "tokenizer.json"), int.Parse(Option("--rows", "1"), CultureInfo.InvariantCulture), 100);
            List<float[]> reference;
            string folder = Path.Combine(work, "model");
            ModelExporter.Export(model, folder, new ExportOptions { Precision = Precision.Fp32, Slots = SlotScope.None });
            using (GraphRunner runner = new(folder))
            {
                reference = texts.ConvertAll(runner.Logits);
            }

            Print(Option("--out", string.Empty), $"{texts.Sum(t => t.Length)} positions of {texts.Count} test rows. KL(fp32 || mapping) in nats, top-1 agreement, export seconds, MB of weights, decode tokens a second (best of 3).\n");
            Print(Option("--out", string.Empty), "| mapping | mean KL | top-1 | export s | MB | tokens/s |\n|---|---|---|---|---|---|");
            foreach (Mapping mapping in Mapping.All.Where(m => only.Length == 0 ? !m.Slow : m.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
            {
                Stopwatch watch = Stopwatch.StartNew();
                ModelExporter.Export(model, folder, new ExportOptions { Slots = SlotScope.None, Layout = mapping.Layout });
                double seconds = watch.Elapsed.TotalSeconds;
                using GraphRunner runner = new(folder);
                (double divergence, double agreement) = Compare(runner, texts, reference);
                double speed = Enumerable.Range(0, 3).Max(_ => runner.DecodeSpeed(64));
                long bytes = new FileInfo(Path.Combine(folder, "model.onnx.data")).Length;
                Print(Option("--out", string.Empty), string.Create(CultureInfo.InvariantCulture, $"| {mapping.Name} | {divergence:0.0000} | {agreement:0.0%} | {seconds:0.0} | {bytes / 1e6:0} | {speed:0} |"));
            }

            return 0;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static void Print(string file, string line)
    {
        Console.WriteLine(line);
        if (file.Length > 0)
        {
            File.AppendAllText(file, line + "\n");
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
                divergence += KullbackLeibler(expected, actual);
                agreed += System.Numerics.Tensors.TensorPrimitives.IndexOfMax(expected) == System.Numerics.Tensors.TensorPrimitives.IndexOfMax(actual) ? 1 : 0;
                positions++;
            }
        }

        return (divergence / positions, (double)agreed / positions);
    }

    private static double KullbackLeibler(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        double e = LogSumExp(expected);
        double a = LogSumExp(actual);
        double sum = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double log = expected[i] - e;
            sum += Math.Exp(log) * (log - (actual[i] - a));
        }

        return sum;
    }

    private static double LogSumExp(ReadOnlySpan<float> logits)
    {
        float max = System.Numerics.Tensors.TensorPrimitives.Max(logits);
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - max);
        }

        return max + Math.Log(sum);
    }
}
