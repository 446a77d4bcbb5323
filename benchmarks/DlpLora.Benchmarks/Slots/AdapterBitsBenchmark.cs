using System.Numerics.Tensors;
using DlpLora.Benchmarks.Measuring;
using DlpLora.Benchmarks.Quantization;
using DlpLora.Benchmarks.Reporting;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Fusion;

namespace DlpLora.Benchmarks.Slots;

/// <summary>What the next token's distribution loses by adapters in fewer bits, over the same base, at every position of rows that the adapters were trained for.</summary>
internal static class AdapterBitsBenchmark
{
    private const int MaximumTokens = 100;
    private static readonly float[] Weights = [0.5f, 0.3f, 0.2f];

    public static int Run(string[] args)
    {
        BenchmarkArguments arguments = new(args);
        if (arguments.Value("--data") is not { } data)
        {
            Console.Error.WriteLine("adapter-bits --data DIR: the folder with the task folders");
            return 2;
        }

        int rows = (int)arguments.Number("--rows", 1);
        string tokenizer = Path.Combine(BenchmarkModels.Int4(), "tokenizer.json");
        List<(string Task, int[] Ids)> texts = TaskText.ReadTasks(data, "train.jsonl", tokenizer, rows, MaximumTokens);

        // A task's folder is its adapter's name behind a number: 18-gsm8k.
        texts = texts.ConvertAll(t => (t.Task[(t.Task.IndexOf('-', StringComparison.Ordinal) + 1)..], t.Ids));
        texts = [.. texts.Where(t => Directory.Exists(Path.Combine(BenchmarkPaths.Adapters, t.Task))).Take(arguments.Quick ? 2 : int.MaxValue)];
        BenchmarkReport report = new("adapter-bits", "Adapters in fewer bits");
        report.Say(
            $"SmolLM2-135M-Instruct, the repository's q,v adapters (r = 8, stored as float16); {texts.Sum(t => t.Ids.Length)} positions of {texts.Count} train rows, prompt and answer, each with its task's own adapter, "
            + "and with a mixture of it (0.5) and the next two tasks' (0.3, 0.2). The plain graph with float32 slots throughout; the adapters' numbers are rounded beforehand, B's with its scale in it. "
            + "Held against the same graph with adapters as they are.");
        foreach ((string name, string folder) in new[] { ("fp32", BenchmarkModels.Fp32()), ("int4", BenchmarkModels.Int4()) })
        {
            report.Add(Losses(name, folder, texts));
        }

        report.Write(arguments);
        return 0;
    }

    private static MarkdownTable Losses(string name, string folder, List<(string Task, int[] Ids)> texts)
    {
        using GraphRunner runner = new(folder);
        AdapterRegistry registry = new(runner.Manifest, long.MaxValue);
        registry.AddFolder(BenchmarkPaths.Adapters);
        string[] names = [.. registry.Names];
        MarkdownTable table = new($"A and B, over {name}", "one adapter: mean KL, nats", "same top token", "mixture of three: mean KL, nats", "same top token");
        Loss[,] losses = new Loss[AdapterForm.All.Length, 2];
        for (int t = 0; t < texts.Count; t++)
        {
            Console.Error.Write($"\r{name}: {t + 1} of {texts.Count}   ");
            int own = Array.IndexOf(names, texts[t].Task);
            for (int wide = 0; wide < 2; wide++)
            {
                AdapterWeights[] exact = [.. Enumerable.Range(0, wide == 0 ? 1 : Weights.Length).Select(i => registry.Acquire(names[(own + i) % names.Length]))];
                float[] reference = Logits(runner, texts[t].Ids, exact);
                for (int form = 0; form < AdapterForm.All.Length; form++)
                {
                    AdapterWeights[] rounded = Array.ConvertAll(exact, AdapterForm.All[form].Of);
                    losses[form, wide] = losses[form, wide].Add(reference, Logits(runner, texts[t].Ids, rounded), runner.Manifest.VocabularySize);
                    Array.ForEach(rounded, r => r.Release());
                }

                Array.ForEach(exact, e => e.Release());
            }
        }

        for (int form = 0; form < AdapterForm.All.Length; form++)
        {
            table.Add(AdapterForm.All[form].Name, losses[form, 0].Mean, losses[form, 0].Agreement, losses[form, 1].Mean, losses[form, 1].Agreement);
        }

        registry.Clear();
        return table;
    }

    private static float[] Logits(GraphRunner runner, int[] ids, AdapterWeights[] adapters)
    {
        FusedStack stack = FusedStack.Create(runner.Manifest, adapters);
        float[] gate = new float[stack.Rows];
        stack.WriteGate(adapters.Length == 1 ? [1] : Weights, gate);
        runner.SetSlots(stack, gate);
        float[] logits = runner.Logits(ids);
        runner.SetRank(0);
        stack.Release();
        return logits;
    }

    /// <summary>Sums over positions.</summary>
    private readonly record struct Loss(double Divergence, int Agreed, int Positions)
    {
        public string Mean => BenchmarkReport.Number(Divergence / Positions, "0.000000");

        public string Agreement => BenchmarkReport.Number(100.0 * Agreed / Positions, "0.00") + " %";

        public Loss Add(float[] expected, float[] actual, int vocabulary)
        {
            Loss sum = this;
            for (int at = 0; at < expected.Length; at += vocabulary)
            {
                ReadOnlySpan<float> e = expected.AsSpan(at, vocabulary);
                ReadOnlySpan<float> a = actual.AsSpan(at, vocabulary);
                sum = new Loss(
                    sum.Divergence + Quantization.Divergence.Of(e, a),
                    sum.Agreed + (TensorPrimitives.IndexOfMax(e) == TensorPrimitives.IndexOfMax(a) ? 1 : 0),
                    sum.Positions + 1);
            }

            return sum;
        }
    }
}
