using DlpLora.OnnxExport;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;

namespace DlpLora.Benchmarks.Tasks;

/// <summary>
/// Answers test rows of every task, composite prompts and prompts of no task in every way that is compared, and writes the tables. The
/// answers lie in <c>artifacts/ablation</c>.
/// </summary>
internal static class TaskAblation
{
    /// <summary>The most tokens of an answer to a prompt of no task.</summary>
    private const int ForeignTokens = 64;

    /// <summary>Runs the ablation.</summary>
    /// <param name="args">As <see cref="AblationOptions.Usage"/> says.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        if (AblationOptions.Parse(args) is not { } options)
        {
            Console.Error.WriteLine(AblationOptions.Usage);
            return 2;
        }

        string model = Path.Combine(BenchmarkPaths.GeneratedModels, "smollm2-int4");
        ModelExporter.ExportIfStale(BenchmarkPaths.Gguf, model, new ExportOptions());
        await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(
            model,
            new DlpLoraOptions
            {
                AdapterFolder = BenchmarkPaths.Adapters,
                RouterFile = BenchmarkPaths.Router,
                Threads = options.Threads,
                Spinning = options.Threads is null,
            }).ConfigureAwait(false);
        using AnswerStore store = new(Path.Combine(BenchmarkPaths.Root, "artifacts", "ablation", "answers.jsonl"));
        AnswerSource source = new(engine, store);
        AblationData data = AblationData.Read(options, engine.Adapters.Names);
        await AnswerPinnedAsync(data, source, new ProgressReport(source)).ConfigureAwait(false);
        return 0;
    }

    /// <summary>What no router decides.</summary>
    private static async Task AnswerPinnedAsync(AblationData data, AnswerSource source, ProgressReport progress)
    {
        for (int i = 0; i < data.Composites.Count; i++)
        {
            CompositePrompt prompt = data.Composites[i];
            foreach (TaskQuestion question in prompt.Questions)
            {
                await source.AnswerAsync(question.Row.Input, Mixture.Of(question.Task), question.MaxTokens).ConfigureAwait(false);
            }

            progress.Step("composite, asked alone", i + 1, data.Composites.Count);
        }

        for (int task = 0; task < data.Tasks.Count; task++)
        {
            (string own, TaskQuestion[] questions) = data.Tasks[task];
            foreach (TaskQuestion question in questions)
            {
                foreach (Mixture mixture in new[] { Mixture.Of(own), Mixture.Empty, Mixture.Of(data.WrongFor(task)) })
                {
                    await source.AnswerAsync(question.Row.Input, mixture, question.MaxTokens).ConfigureAwait(false);
                }
            }

            progress.Step("own, base, wrong adapter", task + 1, data.Tasks.Count);
        }

        for (int i = 0; i < data.Foreign.Count; i++)
        {
            await source.AnswerAsync(data.Foreign[i], Mixture.Empty, ForeignTokens).ConfigureAwait(false);
            progress.Step("of no task, base", i + 1, data.Foreign.Count);
        }

        for (int i = 0; i < data.Composites.Count; i++)
        {
            CompositePrompt prompt = data.Composites[i];
            Mixture both = Mixture.Create([.. prompt.Questions.Select(q => q.Task).Distinct().Select(t => new WeightedAdapter(t, 1f / prompt.Questions.Count))]);
            foreach (Mixture mixture in new[] { Mixture.Empty, both, Mixture.Of(prompt.Questions[0].Task) })
            {
                await source.AnswerAsync(prompt.Input, mixture, prompt.MaxTokens).ConfigureAwait(false);
            }

            progress.Step("composite, whole, pinned", i + 1, data.Composites.Count);
        }
    }
}
