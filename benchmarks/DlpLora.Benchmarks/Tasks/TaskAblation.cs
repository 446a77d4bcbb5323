using DlpLora.Benchmarks.Reporting;
using DlpLora.OnnxExport;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;

namespace DlpLora.Benchmarks.Tasks;

/// <summary>
/// Answers composite prompts, test rows of every task and prompts of no task in every way that is compared, and writes the tables. Each
/// distinct answer is generated once and lies in <c>artifacts/ablation</c>, so a run may be interrupted at any time and goes on where it was.
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
        ProgressReport progress = new(source);
        IReadOnlyList<CompositeResult> composite = await new CompositeAblation(data.Composites, source, progress).RunAsync(engine.Router!.Version).ConfigureAwait(false);
        IReadOnlyList<ConfigurationResult> configurations = await new RowAblation(data, engine, source, progress).RunAsync().ConfigureAwait(false);
        ForeignResult foreign = await AnswerForeignAsync(data.Foreign, engine.Router.Version, source, progress).ConfigureAwait(false);
        AblationReport.Write(new AblationResults(
            MachineDescription.Describe(),
            $"SmolLM2-135M-Instruct, {engine.Model.Precision}",
            engine.Router.Version,
            options.Rows,
            [.. data.Tasks.Select(t => t.Task)],
            [.. data.Tasks.Select(t => t.Questions[0].Row.Choices is not null)],
            configurations,
            data.Composites.Count,
            composite,
            foreign));
        return 0;
    }

    /// <summary>Where the router leaves a prompt to the base, the answer must be the base's: both are generated and compared.</summary>
    private static async Task<ForeignResult> AnswerForeignAsync(IReadOnlyList<string> prompts, string router, AnswerSource source, ProgressReport progress)
    {
        int abstained = 0;
        int equal = 0;
        for (int i = 0; i < prompts.Count; i++)
        {
            GenerationRequest request = GenerationRequest.ForUser(prompts[i]) with { MaxTokens = ForeignTokens };
            StoredAnswer routed = await source.AnswerAsync(new AnswerRequest($"router {router} of no task", request)).ConfigureAwait(false);
            if (routed.Mixtures.All(m => m == Mixture.Empty.ToString()))
            {
                abstained++;
                StoredAnswer ofBase = await source.AnswerAsync(prompts[i], Mixture.Empty, ForeignTokens).ConfigureAwait(false);
                equal += routed.Text == ofBase.Text ? 1 : 0;
            }

            progress.Step("of no task", i + 1, prompts.Count);
        }

        return new ForeignResult(prompts.Count, abstained, equal);
    }
}
