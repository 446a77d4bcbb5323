using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Generation;

/// <summary>Guessed tokens change how many runs an answer takes, and nothing of the answer.</summary>
[TestClass]
public sealed class PromptLookupGenerationTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-lookup").FullName;

    [TestInitialize]
    public void WriteAdapters()
    {
        TinyAdapter.Random(1).Write(Path.Combine(_folder, "a"));
        TinyAdapter.Random(2).Write(Path.Combine(_folder, "b"));
    }

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task GreedyAnswersAreTheSameInFewerRuns()
    {
        await using DlpLoraEngine engine = await Load(1);
        int right = 0;
        for (int i = 0; i < 6; i++)
        {
            GenerationRequest request = Request(i);
            GenerationResult plain = await engine.GenerateAsync(request);
            GenerationResult guessed = await engine.GenerateAsync(request with { PromptLookup = true });
            AssertSame(plain, guessed, $"request {i}");
            Assert.AreEqual(0, plain.Usage.GuessedTokens);
            Assert.IsLessThanOrEqualTo(guessed.Usage.GuessedTokens, guessed.Usage.GuessedRightTokens);
            right += guessed.Usage.GuessedRightTokens;
        }

        // A random model soon repeats itself.
        Assert.IsGreaterThan(20, right);
    }

    [TestMethod]
    public async Task DrawnAnswersAreTheSameWithTheSameSeed()
    {
        await using DlpLoraEngine engine = await Load(1);
        int guesses = 0;
        for (int i = 0; i < 6; i++)
        {
            GenerationRequest request = Request(i) with
            {
                Sampling = new SamplingOptions { Temperature = 0.3f, TopK = 20, TopP = 0.95f, RepetitionPenalty = 1.02f, Seed = i },
            };
            GenerationResult plain = await engine.GenerateAsync(request);
            GenerationResult guessed = await engine.GenerateAsync(request with { PromptLookup = true });
            AssertSame(plain, guessed, $"request {i}");
            guesses += guessed.Usage.GuessedTokens;
        }

        Assert.IsGreaterThan(0, guesses);
    }

    [TestMethod]
    public async Task EveryLengthOfAnswerEndsWhereItShould()
    {
        await using DlpLoraEngine engine = await Load(1);
        GenerationResult whole = await engine.GenerateAsync(Request(1) with { MaxTokens = 40 });
        for (int length = 1; length <= 40; length++)
        {
            GenerationResult guessed = await engine.GenerateAsync(Request(1) with { MaxTokens = length, PromptLookup = true });
            CollectionAssert.AreEqual(whole.OutputIds.Take(length).ToArray(), guessed.OutputIds.ToArray(), $"{length} tokens");
        }
    }

    [TestMethod]
    public async Task RequestsSideBySideAreNotGuessedTogetherAndAnswerTheSame()
    {
        await using DlpLoraEngine engine = await Load(4);
        GenerationRequest[] requests = [.. Enumerable.Range(0, 8).Select(i => Request(i) with { MaxTokens = 10 + (5 * i) })];
        List<GenerationResult> alone = [];
        foreach (GenerationRequest request in requests)
        {
            alone.Add(await engine.GenerateAsync(request));
        }

        GenerationResult[] together = await Task.WhenAll(requests.Select(r => engine.GenerateAsync(r with { PromptLookup = true })));
        for (int i = 0; i < requests.Length; i++)
        {
            AssertSame(alone[i], together[i], $"request {i}");
        }
    }

    [TestMethod]
    public async Task TheEnginesOptionHoldsWhereARequestSaysNothing()
    {
        await using DlpLoraEngine engine = await Load(1, lookup: true);
        Assert.IsGreaterThan(0, (await engine.GenerateAsync(Request(0))).Usage.GuessedTokens);
        Assert.AreEqual(0, (await engine.GenerateAsync(Request(0) with { PromptLookup = false })).Usage.GuessedTokens);
    }

    private static void AssertSame(GenerationResult expected, GenerationResult actual, string message)
    {
        CollectionAssert.AreEqual(expected.OutputIds.ToArray(), actual.OutputIds.ToArray(), message);
        Assert.AreEqual(expected.FinishReason, actual.FinishReason, message);
        Assert.AreEqual(expected.Routing[^1].EndToken, actual.Routing[^1].EndToken, message);
    }

    private static GenerationRequest Request(int i) => new()
    {
        InputIds = [256, 10 + i, 20, 30, 40, 10 + i, 20, 30],
        MaxTokens = 60,
        Mixture = (i % 3) switch
        {
            0 => Mixture.Empty,
            1 => Mixture.Of("a"),
            _ => Mixture.Create(new("a", 0.5f), new("b", 0.5f)),
        },
    };

    private async Task<DlpLoraEngine> Load(int rows, bool lookup = false) => await DlpLoraEngine.LoadAsync(
        TinyModel.Shared.Folder,
        new DlpLoraOptions { Threads = 1, Spinning = false, AdapterFolder = _folder, MaxConcurrentGenerations = rows, PromptLookup = lookup });
}
