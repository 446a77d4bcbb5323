using DlpLora.Benchmarks.Measuring;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;

namespace DlpLora.Benchmarks.LongRun;

/// <summary>The requests of the long run, each with the answer that it gets alone.</summary>
internal sealed class LongRunRequests
{
    /// <summary>The name under which an adapter comes and goes while requests run; it has the weights of <see cref="Stable"/>.</summary>
    public const string Passing = "passing";

    public const string Stable = "gsm8k";

    private static readonly string[] Questions =
    [
        "A farmer has 12 hens, and each hen lays 5 eggs a week. How many eggs are that in 4 weeks?",
        "Write a sentence about a cheap Italian restaurant by the river that welcomes families.",
        "Turn into Italian: the train leaves at seven in the morning.",
        "Which is heavier, a kilogram of feathers or half a kilogram of iron?",
        "My card was swallowed by the machine at the airport. What now?",
        "Take four steps, turn left, take four steps. Are you back where you began?",
    ];

    private LongRunRequests(GenerationRequest[] requests, int[][] answers)
    {
        Requests = requests;
        Answers = answers;
    }

    public GenerationRequest[] Requests { get; }

    /// <summary>Of each request the ids of its answer.</summary>
    public int[][] Answers { get; }

    /// <summary>Answers every request alone on the engine, before any traffic.</summary>
    public static async Task<LongRunRequests> PrepareAsync(DlpLoraEngine engine, bool quick)
    {
        List<GenerationRequest> requests = [];
        Mixture[] mixtures =
        [
            Mixture.Empty,
            Mixture.Of(Stable),
            BenchmarkModels.Three,
            Mixture.Create(new("piqa", 0.6f), new("e2e_nlg", 0.4f)),
        ];
        foreach (string question in Questions.Take(quick ? 2 : Questions.Length))
        {
            GenerationRequest routed = GenerationRequest.ForUser(question) with { MaxTokens = 24 };
            requests.Add(routed);
            requests.Add(routed with { Mixture = mixtures[requests.Count / 2 % mixtures.Length] });
        }

        // Long prompts, whose prefill must not stall the others.
        foreach (int length in (ReadOnlySpan<int>)(quick ? [64] : [300, 700, 1500]))
        {
            requests.Add(new GenerationRequest { InputIds = BenchmarkModels.Tokens(length), Mixture = mixtures[requests.Count % mixtures.Length], MaxTokens = 16, MinTokens = 16 });
        }

        int[][] answers = new int[requests.Count][];
        for (int i = 0; i < answers.Length; i++)
        {
            answers[i] = [.. (await engine.GenerateAsync(requests[i]).ConfigureAwait(false)).OutputIds];
        }

        return new LongRunRequests([.. requests], answers);
    }
}
