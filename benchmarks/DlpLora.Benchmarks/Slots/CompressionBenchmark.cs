using System.Numerics.Tensors;
using DlpLora.Benchmarks.Measuring;
using DlpLora.Benchmarks.Reporting;
using DlpLora.Benchmarks.Tasks;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Evaluation.Tasks;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Generation;

namespace DlpLora.Benchmarks.Slots;

/// <summary>What wide mixtures lose and gain when they are brought down to a rank: error, answers, decoding, and the time that it takes once.</summary>
internal static class CompressionBenchmark
{
    private const int AdapterRank = 8;
    private const int Tokens = 128;
    private const float OwnWeight = 0.5f;
    private const string Prompt = "Write a long story about a lighthouse keeper who finds a map.";
    private static readonly int[] Counts = [2, 3, 10, 26];
    private static readonly int[] Ranks = [8, 16, 32];

    /// <summary>The tasks that are answered; their adapters are in every mixture.</summary>
    private static readonly string[] Asked = ["elementary_math_qa", "translate_es_en"];

    public static async Task<int> RunAsync(string[] args)
    {
        BenchmarkArguments arguments = new(args);
        if (arguments.Value("--data") is not { } data)
        {
            Console.Error.WriteLine("compression --data DIR: the folder with the task folders");
            return 2;
        }

        int rows = arguments.Quick ? 2 : 12;
        TaskQuestion[] questions = [.. TaskData.Read(data, "test").Where(t => Asked.Contains(t.Name)).SelectMany(t => t.Rows.Take(rows).Select(r => new TaskQuestion(t.Name, r)))];
        await using DlpLoraEngine exact = await LoadAsync(BenchmarkModels.Int4(), null).ConfigureAwait(false);
        string[] names = [.. exact.Adapters.Names.OrderBy(n => !Asked.Contains(n))];
        List<Side> sides = [];
        MarkdownTable table = new("adapters", "rank", "error", "worst module", "compressed in, ms", "KL of the first token, fp32", "same answers", "score");
        Dictionary<int, GenerationResult[]> exactly = [];
        Dictionary<int, float[][]> logits = await LogitsAsync(null, questions, names).ConfigureAwait(false);
        foreach (int count in Counts)
        {
            exactly[count] = await AnswerAsync(exact, questions, names[..count]).ConfigureAwait(false);
            table.Add($"{count}", $"{count * AdapterRank}, exact", "0", string.Empty, string.Empty, "0", string.Empty, Score(questions, exactly[count]));
            sides.Add(Decode($"{count} adapters, exact", exact, Equal(names[..count])));
        }

        List<DlpLoraEngine> engines = [];
        foreach (int rank in Ranks)
        {
            DlpLoraEngine engine = await LoadAsync(BenchmarkModels.Int4(), rank).ConfigureAwait(false);
            engines.Add(engine);
            Dictionary<int, float[][]> compressed = await LogitsAsync(rank, questions, names).ConfigureAwait(false);
            foreach (int count in Counts.Where(c => c * AdapterRank > rank))
            {
                GenerationResult[] answers = await AnswerAsync(engine, questions, names[..count]).ConfigureAwait(false);
                MixtureCompression loss = answers[0].Routing[^1].Compression!;
                int same = answers.Zip(exactly[count], (a, e) => a.Text == e.Text ? 1 : 0).Sum();
                double divergence = logits[count].Zip(compressed[count], Divergence).Average();
                table.Add(
                    $"{count}",
                    $"{loss.Rank}",
                    BenchmarkReport.Number(loss.Error, "0.000"),
                    BenchmarkReport.Number(loss.WorstModuleError, "0.000"),
                    BenchmarkReport.Number(answers[0].Usage.PrepareTime.TotalMilliseconds, "0"),
                    BenchmarkReport.Number(divergence, "0.00000"),
                    $"{same} of {questions.Length}",
                    Score(questions, answers));
                sides.Add(Decode($"{count} adapters, rank {rank}", engine, Equal(names[..count])));
            }
        }

        Series[] speeds = await Comparison.RunAsync("tokens/s", arguments.Repetitions(5), [.. sides]).ConfigureAwait(false);
        BenchmarkReport report = new("compression", "Wide mixtures brought down to a rank");
        report.Say(
            $"SmolLM2-135M-Instruct, int4, the repository's q,v adapters (r = {AdapterRank}); {questions.Length} test rows of {string.Join(" and ", Asked)}, greedy, each with a mixture in which its own adapter has "
            + $"the weight {OwnWeight} and the others share the rest. Error and times: the first row's mixture; the time is the request's whole preparation, adapters read by the requests before.");
        report.Add(table);
        report.Say($"Decoding, {Tokens} tokens with equal weights, {arguments.Repetitions(5)} interleaved repetitions after a warm-up.");
        report.Compare("mixture", "0.0", speeds);
        report.Write(arguments);
        foreach (DlpLoraEngine engine in engines)
        {
            await engine.DisposeAsync().ConfigureAwait(false);
        }

        return 0;
    }

    private static Task<DlpLoraEngine> LoadAsync(string model, int? rank) => DlpLoraEngine.LoadAsync(
        model, new DlpLoraOptions { AdapterFolder = BenchmarkPaths.Adapters, MaxMixtureRank = rank, MaxConcurrentGenerations = 1 });

    private static Mixture Equal(string[] names) => Mixture.Create([.. names.Select(n => new WeightedAdapter(n, 1f / names.Length))]);

    private static Mixture Leading(string own, string[] names) =>
        Mixture.Create([.. names.Select(n => new WeightedAdapter(n, n == own ? OwnWeight : (1 - OwnWeight) / (names.Length - 1)))]);

    /// <summary>The logits of each answer's first token on the fp32 model, where they differ by what compression loses alone: an int4 graph rounds each mixture otherwise.</summary>
    private static async Task<Dictionary<int, float[][]>> LogitsAsync(int? rank, TaskQuestion[] questions, string[] names)
    {
        await using DlpLoraEngine engine = await LoadAsync(BenchmarkModels.Fp32(), rank).ConfigureAwait(false);
        Dictionary<int, float[][]> logits = [];
        foreach (int count in Counts)
        {
            logits[count] = new float[questions.Length][];
            for (int i = 0; i < questions.Length; i++)
            {
                GenerationRequest request = GenerationRequest.ForUser(questions[i].Row.Input) with { Mixture = Leading(questions[i].Task, names[..count]), MaxTokens = 0, ReturnPromptLogits = true };
                logits[count][i] = (await engine.GenerateAsync(request).ConfigureAwait(false)).PromptLogits!;
            }
        }

        return logits;
    }

    private static async Task<GenerationResult[]> AnswerAsync(DlpLoraEngine engine, TaskQuestion[] questions, string[] names)
    {
        foreach (string name in names)
        {
            engine.Adapters.Preload(name);
        }

        GenerationResult[] answers = new GenerationResult[questions.Length];
        for (int i = 0; i < answers.Length; i++)
        {
            answers[i] = await engine.GenerateAsync(GenerationRequest.ForUser(questions[i].Row.Input) with
            {
                Mixture = Leading(questions[i].Task, names),
                MaxTokens = questions[i].MaxTokens,
            }).ConfigureAwait(false);
            Console.Error.Write($"\r{names.Length} adapters: {i + 1} of {answers.Length}   ");
        }

        return answers;
    }

    private static Side Decode(string name, DlpLoraEngine engine, Mixture mixture) => new(name, async () =>
    {
        GenerationRequest request = new() { Prompt = Prompt, Mixture = mixture, MaxTokens = Tokens, MinTokens = Tokens };
        return (await engine.GenerateAsync(request).ConfigureAwait(false)).Usage.DecodeTokensPerSecond;
    });

    private static string Score(TaskQuestion[] questions, GenerationResult[] answers) =>
        BenchmarkReport.Number(100 * questions.Zip(answers, (q, a) => q.Score(a.Text!)).Average(), "0.0");

    /// <summary>KL divergence of the second distribution from the first, in nats.</summary>
    private static double Divergence(float[] expected, float[] actual)
    {
        double[] p = LogProbabilities(expected);
        double[] q = LogProbabilities(actual);
        double sum = 0;
        for (int i = 0; i < p.Length; i++)
        {
            sum += Math.Exp(p[i]) * (p[i] - q[i]);
        }

        return sum;
    }

    private static double[] LogProbabilities(float[] logits)
    {
        float largest = TensorPrimitives.Max<float>(logits);
        double norm = largest + Math.Log(logits.Sum(l => Math.Exp(l - largest)));
        return Array.ConvertAll(logits, l => l - norm);
    }
}
