using CsCheck;
using DlpLora.Runtime.Generation;

namespace DlpLora.Runtime.Tests.Generation;

[TestClass]
public sealed class SamplerTests
{
    // Eighths: logits that differ by less than a float can tell would tie.
    private static readonly Gen<float[]> Logits = Gen.Int[-64, 64].Select(i => i / 8f).Array[2, 40];

    [TestMethod]
    public void GreedyTakesTheLargestLogitAndTheFirstOfEqualOnes()
    {
        Sampler sampler = new(SamplingOptions.Greedy, []);
        Assert.AreEqual(2, sampler.Pick([1, 2, 5, 5, -1], []));
        Assert.IsNull(sampler.Seed);
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    public void DamagedLogitsPickNothing(float value)
    {
        Assert.AreEqual(-1, new Sampler(SamplingOptions.Greedy, []).Pick([1, value, 2], []));
        Assert.AreEqual(-1, new Sampler(new SamplingOptions { Temperature = 1, Seed = 1 }, []).Pick([1, value, 2], []));
        Assert.AreEqual(-1, new Sampler(SamplingOptions.Greedy, []).Pick([float.NegativeInfinity, float.NegativeInfinity], []));
    }

    [TestMethod]
    public void GreedyFindsTheLargestLogitWhereverItLies() => Gen.Float[-1, 1].Array[1, 100].Sample(logits =>
        Assert.AreEqual(Array.IndexOf(logits, logits.Max()), new Sampler(SamplingOptions.Greedy, []).Pick([.. logits], [])));

    [TestMethod]
    public void HoldingOthersBackLeavesTheLargestPicked() => Assert.AreEqual(1, new Sampler(SamplingOptions.Greedy, []).Pick([5, 9, 8], [0, 2]));

    [TestMethod]
    public void HeldBackTokensAreNeverPicked()
    {
        Assert.AreEqual(1, new Sampler(SamplingOptions.Greedy, []).Pick([9, 5, 8], [0, 2]));
        Sampler sampler = new(new SamplingOptions { Temperature = 100, Seed = 3 }, []);
        for (int i = 0; i < 200; i++)
        {
            Assert.AreNotEqual(0, sampler.Pick([9, 5, 8], [0]));
        }
    }

    [TestMethod]
    public void PenaltiesFollowTheirFormulas()
    {
        SamplingOptions options = new() { RepetitionPenalty = 1.5f, PresencePenalty = 0.3f, FrequencyPenalty = 0.2f };
        TokenCounts counts = new([0, 1, 1]);
        counts.Add(1);
        counts.Add(2);
        counts.Add(2);
        float[] logits = [3, -3, 6, 4];
        counts.Apply(options, logits);
        Assert.AreEqual(3 / 1.5f, logits[0], 1e-6f, "in the prompt");
        Assert.AreEqual((-3 * 1.5f) - 0.3f - 0.2f, logits[1], 1e-6f, "in the prompt, once in the answer");
        Assert.AreEqual((6 / 1.5f) - 0.3f - 0.4f, logits[2], 1e-6f, "twice in the answer");
        Assert.AreEqual(4, logits[3], "nowhere");
    }

    [TestMethod]
    public void DrawsStayInTheSetThatTheDefinitionsGive() => Gen.Select(
        Logits, Gen.Float[0.2f, 3f], Gen.Int[0, 10], Gen.Float[0.05f, 1f], Gen.Float[0f, 0.6f]).Sample((logits, temperature, topK, topP, minP) =>
        {
            HashSet<int> allowed = Allowed(logits, temperature, topK, topP, minP);
            Sampler sampler = new(new SamplingOptions { Temperature = temperature, TopK = topK, TopP = topP, MinP = minP, Seed = 11 }, []);
            for (int i = 0; i < 30; i++)
            {
                Assert.Contains(sampler.Pick([.. logits], []), allowed);
            }
        });

    [TestMethod]
    [DataRow(0, 1f)]
    [DataRow(3, 1f)]
    [DataRow(0, 0.95f)]
    public void DrawsComeAsOftenAsTheirProbability(int topK, float topP)
    {
        float[] logits = [2, 1, 0, -1, 1.5f];
        HashSet<int> allowed = Allowed(logits, 1, topK, topP, 0);
        double sum = allowed.Sum(i => Math.Exp(logits[i]));
        Sampler sampler = new(new SamplingOptions { Temperature = 1, TopK = topK, TopP = topP, Seed = 5 }, []);
        int[] seen = new int[logits.Length];
        const int Draws = 20_000;
        for (int i = 0; i < Draws; i++)
        {
            seen[sampler.Pick([.. logits], [])]++;
        }

        for (int i = 0; i < logits.Length; i++)
        {
            Assert.AreEqual(allowed.Contains(i) ? Math.Exp(logits[i]) / sum : 0, seen[i] / (double)Draws, 0.015, $"token {i}");
        }
    }

    [TestMethod]
    public void ASeedMeansTheSameDraws()
    {
        int[] first = Draw(42);
        CollectionAssert.AreEqual(first, Draw(42));
        CollectionAssert.AreNotEqual(first, Draw(43));
        Assert.AreNotEqual(
            new Sampler(new SamplingOptions { Temperature = 1 }, []).Seed, new Sampler(new SamplingOptions { Temperature = 1 }, []).Seed, "fresh seeds");

        static int[] Draw(long seed)
        {
            Sampler sampler = new(new SamplingOptions { Temperature = 1, Seed = seed }, []);
            return [.. Enumerable.Range(0, 50).Select(_ => sampler.Pick([0, 0.1f, 0.2f, 0.3f, 0.1f, 0], []))];
        }
    }

    [TestMethod]
    public void TheMostLikelyTokensAreThoseThatSortingAllOfThemGives() => Gen.Select(Logits, Gen.Int[1, 45], Gen.Float[0.3f, 1f]).Sample((logits, topK, topP) =>
    {
        // With a top-k as large as the vocabulary every token is a candidate, whatever the way they were collected; the same draw then picks the same.
        SamplingOptions options = new() { Temperature = 1, TopK = topK, TopP = topP, Seed = 17 };
        float[] rest = [.. logits];
        int[] kept = [.. Enumerable.Range(0, logits.Length).OrderByDescending(i => logits[i]).ThenBy(i => i).Take(topK)];
        foreach (int i in Enumerable.Range(0, logits.Length).Except(kept))
        {
            rest[i] = float.NegativeInfinity;
        }

        Sampler selected = new(options, []);
        Sampler all = new(options with { TopK = logits.Length }, []);
        for (int i = 0; i < 10; i++)
        {
            Assert.AreEqual(all.Pick([.. rest], []), selected.Pick([.. logits], []));
        }
    });

    [TestMethod]
    public void TheGeneratorIsThePublishedOne()
    {
        // The reference implementation's output from the state 1, 2, 3, 4.
        Xoshiro256 random = new(1, 2, 3, 4);
        ulong[] expected = [11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600, 16172922978634559625, 8476171486693032832];
        foreach (ulong value in expected)
        {
            Assert.AreEqual(value, random.Next());
        }
    }

    /// <summary>Top-k, top-p and min-p by their definitions, in doubles.</summary>
    private static HashSet<int> Allowed(float[] logits, float temperature, int topK, float topP, float minP)
    {
        double largest = logits.Max();
        (int Id, double P)[] all = [.. logits.Select((l, i) => (i, Math.Exp((l - largest) / temperature))).OrderByDescending(t => t.Item2).ThenBy(t => t.i)];
        if (topK > 0)
        {
            all = all[..Math.Min(topK, all.Length)];
        }

        double sum = all.Sum(t => t.P);
        HashSet<int> allowed = [];
        double reached = 0;
        foreach ((int id, double p) in all)
        {
            // A hair of room: the sampler's sums are of floats.
            if (reached < (topP * sum) + 1e-5 && (p >= minP - 1e-6 || allowed.Count == 0))
            {
                allowed.Add(id);
            }

            reached += p;
        }

        return allowed;
    }
}
