using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Templates;
using DlpLora.Runtime.Tests.Backends;
using DlpLora.Runtime.Tests.Fixtures;
using DlpLora.Runtime.Tokenization;

namespace DlpLora.Runtime.Tests.Generation;

/// <summary>Who decides which mixture, and for which tokens.</summary>
[TestClass]
public sealed class RoutedGenerationTests
{
    private const string Cat = CatAndDog.CatWord;
    private const string Dog = CatAndDog.DogWord;

    private readonly CatAndDog _files = new();

    [TestCleanup]
    public void Cleanup() => _files.Delete();

    [TestMethod]
    public async Task ThePinnedMixtureWinsOverTheRouterAndThatOverTheBase()
    {
        await using DlpLoraEngine engine = await Load();
        GenerationRequest request = new() { Prompt = $"It is {Cat}.", MaxTokens = 4 };
        AppliedMixture pinned = (await engine.GenerateAsync(request with { Mixture = Mixture.Of("dog") })).Routing[0];
        Assert.AreEqual((MixtureOrigin.Pinned, Mixture.Of("dog")), (pinned.Origin, pinned.Mixture));
        Assert.IsNull(pinned.Decision);
        AppliedMixture routed = (await engine.GenerateAsync(request)).Routing[0];
        Assert.AreEqual((MixtureOrigin.Router, Mixture.Of("cat")), (routed.Origin, routed.Mixture));
        Assert.AreEqual(engine.Router!.Version, routed.Decision!.RouterVersion);
        AppliedMixture abstained = (await engine.GenerateAsync(request with { Prompt = "nothing of the kind" })).Routing[0];
        Assert.AreEqual((MixtureOrigin.Router, Mixture.Empty), (abstained.Origin, abstained.Mixture));
        Assert.IsTrue(abstained.Decision!.Abstained);
        AppliedMixture toBase = (await engine.GenerateAsync(request with { Mixture = Mixture.Empty })).Routing[0];
        Assert.AreEqual((MixtureOrigin.Pinned, Mixture.Empty), (toBase.Origin, toBase.Mixture));
    }

    [TestMethod]
    public async Task AReplacedRouterDecidesForLaterRequestsAndTheDecisionSaysWhich()
    {
        await using DlpLoraEngine engine = await Load();
        Router before = engine.Router!;
        GenerationRequest request = new() { Prompt = $"It is {Cat}.", MaxTokens = 400 };
        Task<GenerationResult> first = engine.GenerateAsync(request);
        Router swapped = Runtime.Routing.Router.Load(KeywordRouter.Write(
            Path.Combine(_files.Folder, "swapped.safetensors"), ModelManifest.Load(TinyModel.Shared.Folder).BaseFingerprint, ("cat", Dog), ("dog", Cat)));
        Assert.AreSame(before, engine.ReplaceRouter(swapped));
        AppliedMixture later = (await engine.GenerateAsync(request with { MaxTokens = 2 })).Routing[0];
        Assert.AreEqual((Mixture.Of("dog"), swapped.Version), (later.Mixture, later.Decision!.RouterVersion));
        AppliedMixture own = (await first).Routing[0];
        bool old = own.Decision!.RouterVersion == before.Version;
        Assert.AreEqual(Mixture.Of(old ? "cat" : "dog"), own.Mixture, "a request has one router from its beginning to its end");

        Assert.IsFalse(engine.TryReplaceRouter(before, before), "somebody replaced it in the meantime");
        Assert.AreSame(swapped, engine.Router);
        Assert.IsTrue(engine.TryReplaceRouter(before, swapped));
        Router stranger = Runtime.Routing.Router.Load(KeywordRouter.Write(Path.Combine(_files.Folder, "stranger.safetensors"), new string('a', 64), ("cat", Cat)));
        Assert.ThrowsExactly<RouterMismatchException>(() => engine.ReplaceRouter(stranger));
        Assert.AreSame(before, engine.Router);
    }

    [TestMethod]
    public async Task ARoutedAnswerEqualsThePinnedOne()
    {
        await using DlpLoraEngine engine = await Load();
        GenerationRequest request = GenerationRequest.ForUser($"Tell of {Dog}.") with { MaxTokens = 16 };
        GenerationResult routed = await engine.GenerateAsync(request);
        Assert.AreEqual(Mixture.Of("dog"), routed.Routing[0].Mixture);
        Assert.AreEqual($"Tell of {Dog}.", routed.Routing[0].Text, "the router reads the user's words alone");
        GenerationResult pinned = await engine.GenerateAsync(request with { Mixture = Mixture.Of("dog") });
        CollectionAssert.AreEqual(pinned.OutputIds.ToArray(), routed.OutputIds.ToArray());
    }

    [TestMethod]
    public async Task PromptScopeReadsTheLastUserTurn()
    {
        await using DlpLoraEngine engine = await Load();
        GenerationRequest request = new()
        {
            Messages = [new("system", $"You know {Dog}."), new("user", $"About {Dog}?"), new("assistant", Dog), new("user", $"And {Cat}?")],
            MaxTokens = 2,
        };
        GenerationResult result = await engine.GenerateAsync(request);
        Assert.HasCount(2, result.Routing);
        Assert.IsTrue(result.Routing.All(r => r.Mixture.Equals(Mixture.Of("cat"))));
    }

    [TestMethod]
    public async Task WithoutAUserTurnTheBaseAnswers()
    {
        await using DlpLoraEngine engine = await Load();
        GenerationResult result = await engine.GenerateAsync(new GenerationRequest { Messages = [new ChatMessage("system", Cat)], MaxTokens = 1 });
        Assert.AreEqual((MixtureOrigin.Base, Mixture.Empty), (result.Routing[0].Origin, result.Routing[0].Mixture));
    }

    [TestMethod]
    public async Task TokensWithoutATextAreRoutedByWhatTheySpell()
    {
        await using DlpLoraEngine engine = await Load();
        int[] ids = [TinyModel.EndToken, .. engine.Tokenizer!.Encode($"It is {Dog}.")];
        foreach (RoutingScope scope in Enum.GetValues<RoutingScope>())
        {
            GenerationResult result = await engine.GenerateAsync(new GenerationRequest { InputIds = ids, MaxTokens = 1, RoutingScope = scope });
            Assert.AreEqual(Mixture.Of("dog"), result.Routing[0].Mixture);
        }
    }

    [TestMethod]
    public async Task SentenceScopeReadsEverySentenceWithItsOwnMixture()
    {
        string first = $"It is {Cat}, and {Cat} again.\n\n";
        string second = $"It is {Dog}, and {Dog} again.";
        await using DlpLoraEngine engine = await Load(o => o.PrefillChunk = 16);
        GenerationRequest request = new()
        {
            Messages = [new ChatMessage("user", first + second)],
            RoutingScope = RoutingScope.Sentence,
            SegmentAnswering = SegmentAnswering.Together,
            RoutingPolicy = new RoutingPolicy { MaxAdapters = 1 },
            MaxTokens = 0,
            ReturnPromptLogits = true,
        };
        GenerationResult result = await engine.GenerateAsync(request);
        string before = "<|im_start|>user\n";
        string after = "<|im_end|>\n<|im_start|>assistant\n";
        AppliedMixture template = result.Routing[0];
        Mixture[] expected =
        [
            .. Enumerable.Repeat(template.Mixture, engine.Tokenizer!.Encode(before).Length),
            .. Enumerable.Repeat(Mixture.Of("cat"), first.Length),
            .. Enumerable.Repeat(Mixture.Of("dog"), second.Length),
            .. Enumerable.Repeat(template.Mixture, engine.Tokenizer.Encode(after).Length),
        ];
        Mixture[] actual = [.. result.Routing.SelectMany(r => Enumerable.Repeat(r.Mixture, r.EndToken - r.FirstToken))];
        CollectionAssert.AreEqual(expected, actual, string.Join(" | ", result.Routing.Select(r => $"{r.FirstToken}-{r.EndToken} {r.Mixture}")));
        Assert.AreEqual(first, result.Routing[1].Text);
        Assert.AreEqual(first + second, template.Text, "template tokens take the decision over the whole turn");

        using OpenModel model = new(TinyModel.Shared.Folder, _files.Adapters);
        int[] ids = engine.Tokenizer.Encode(before + first + second + after);
        float[] logits = model.Logits(ids, expected)[^TinyModel.Vocabulary..];
        Assert.IsLessThanOrEqualTo(1e-4f, logits.Zip(result.PromptLogits!, (x, y) => Math.Abs(x - y)).Max());
    }

    [TestMethod]
    public async Task EarlierTurnsKeepTheirOwnDecision()
    {
        ScriptedBackend backend = new("x");
        await using DlpLoraEngine engine = backend.CreateEngine(null, _files.Adapters, _files.LoadRouter());
        GenerationResult result = await engine.GenerateAsync(new GenerationRequest
        {
            Messages = [new("system", "Be kind."), new("user", $"About {Dog}."), new("assistant", "Yes."), new("user", $"About {Cat}.")],
            RoutingScope = RoutingScope.Sentence,
        });
        string[] parts = [.. result.Routing.Select(r => r.Mixture.ToString())];
        CollectionAssert.AreEqual(new[] { "1 cat", "1 dog", "1 cat", "1 dog", "1 cat", "1 cat" }, parts, "template, turn, template, answer to it, the rest, the answer");
        Assert.AreEqual(0, result.Routing[0].FirstToken);
        for (int i = 1; i < result.Routing.Count; i++)
        {
            Assert.AreEqual(result.Routing[i - 1].EndToken, result.Routing[i].FirstToken, "no gaps");
        }
    }

    [TestMethod]
    public async Task AnAnswerSwitchesAtASentencesEndAndTheTraceSaysSo()
    {
        string sentence = $"Now {Dog} {Dog} {Dog} {Dog} {Dog} {Dog}. ";
        ScriptedBackend backend = new(sentence + "More of it.");
        await using DlpLoraEngine engine = backend.CreateEngine(null, _files.Adapters, _files.LoadRouter());
        GenerationRequest request = GenerationRequest.ForUser($"About {Cat}.") with
        {
            RoutingPolicy = new RoutingPolicy { MaxAdapters = 1 },
            SegmentAnswering = SegmentAnswering.Together,
        };
        GenerationResult kept = await engine.GenerateAsync(request with { RoutingScope = RoutingScope.Prompt });
        Assert.IsTrue(kept.Routing.All(r => r.Mixture.Equals(Mixture.Of("cat"))), "prompt scope decides once");

        backend.Runs.Clear();
        GenerationResult result = await engine.GenerateAsync(request with { RoutingScope = RoutingScope.Sentence });
        AppliedMixture[] answer = [.. result.Routing.Where(r => r.FirstToken >= result.Usage.PromptTokens)];
        Assert.HasCount(2, answer);
        Assert.AreEqual((Mixture.Of("cat"), Mixture.Of("dog")), (answer[0].Mixture, answer[1].Mixture));
        Assert.Contains(Dog, answer[1].Text!);
        Assert.AreEqual(result.Usage.PromptTokens + result.Usage.CompletionTokens, answer[1].EndToken);
        int stop = result.Usage.PromptTokens + sentence.TrimEnd().Length;
        Assert.IsTrue(answer[1].FirstToken is var at && at >= stop - 1 && at <= stop + 1, $"{answer[1].FirstToken} for a sentence that ends at {stop}");

        // The runs: the prompt, then a token a run; from the switch on the gate has the other adapter's rows.
        int dogRows = engine.Adapters.Get("dog").Rank!.Value;
        Assert.HasCount(dogRows, backend.Runs[^1].Gate!);
        Assert.HasCount(4, backend.Runs[1].Gate!);
    }

    [TestMethod]
    public async Task ASwitchThatRecomputesReadsPromptAndAnswerAgainWithTheNewMixture()
    {
        string sentence = $"Now {Dog} {Dog} {Dog} {Dog} {Dog} {Dog}. ";
        ScriptedBackend backend = new(sentence + "More of it.");
        await using DlpLoraEngine engine = backend.CreateEngine(null, _files.Adapters, _files.LoadRouter());
        GenerationRequest request = GenerationRequest.ForUser($"About {Cat}.") with
        {
            RoutingPolicy = new RoutingPolicy { MaxAdapters = 1 },
            RoutingScope = RoutingScope.Sentence,
            SegmentAnswering = SegmentAnswering.Together,
            CacheOnSwitch = CacheOnSwitch.Recompute,
            MaxTokens = sentence.Length + 4,
        };
        GenerationResult result = await engine.GenerateAsync(request);
        AppliedMixture after = result.Routing[^1];
        Assert.AreEqual(Mixture.Of("dog"), after.Mixture);
        Assert.AreEqual(request.MaxTokens, result.Usage.CompletionTokens);
        int dogRows = engine.Adapters.Get("dog").Rank!.Value;
        (int Rows, int Tokens, float[]? Gate)[] reads = [.. backend.Runs.Where(r => r.Tokens > 1)];
        Assert.HasCount(2, reads);
        Assert.AreEqual(result.Usage.PromptTokens, reads[0].Tokens);
        Assert.AreEqual(after.FirstToken + 1, reads[1].Tokens, "the token picked last is read with the rest");
        Assert.HasCount(dogRows, reads[1].Gate!);
    }

    [TestMethod]
    public async Task AMarginHoldsTheMixtureInForce()
    {
        ScriptedBackend backend = new($"Now {Dog} {Dog}. More of it.");
        await using DlpLoraEngine engine = backend.CreateEngine(null, _files.Adapters, _files.LoadRouter());
        Assert.AreEqual("1 dog", await Last(margin: 0.2f));
        Assert.AreEqual("1 cat", await Last(margin: 1));

        async Task<string> Last(float margin) => (await engine.GenerateAsync(GenerationRequest.ForUser($"About {Cat}.") with
        {
            RoutingScope = RoutingScope.Sentence,
            SegmentAnswering = SegmentAnswering.Together,
            RoutingPolicy = new RoutingPolicy { MaxAdapters = 1, SwitchMargin = margin },
        })).Routing[^1].Mixture.ToString();
    }

    [TestMethod]
    public async Task LabelsWithoutAnAdapterAreLeftOut()
    {
        Directory.Delete(Path.Combine(_files.Adapters, "dog"), recursive: true);
        await using DlpLoraEngine engine = await Load();
        GenerationRequest request = new() { Prompt = $"{Dog} {Cat}", MaxTokens = 1, RoutingPolicy = new RoutingPolicy { Abstain = false } };
        Assert.AreEqual(Mixture.Of("cat"), (await engine.GenerateAsync(request)).Routing[0].Mixture);
        engine.Adapters.Remove("cat");
        RouterMismatchException error = await Assert.ThrowsExactlyAsync<RouterMismatchException>(() => engine.GenerateAsync(request));
        Assert.Contains("dog", error.Message);
        Assert.HasCount(1, (await engine.GenerateAsync(request with { Mixture = Mixture.Empty })).OutputIds);
        engine.Adapters.Add("cat", Path.Combine(_files.Adapters, "cat"));
        Assert.AreEqual(Mixture.Of("cat"), (await engine.GenerateAsync(request)).Routing[0].Mixture);
    }

    [TestMethod]
    public async Task AnAdapterRemovedBetweenTheDecisionAndItsUseIsDecidedAnew()
    {
        await using DlpLoraEngine engine = new ScriptedBackend("x").CreateEngine(null, _files.Adapters, _files.LoadRouter());
        GenerationResult result = await engine.GenerateAsync(new GenerationRequest
        {
            Prompt = $"It is {Dog}.",
            RoutingPolicy = new RoutingPolicy { AllowList = new RemovingSet(engine.Adapters, "dog", ["cat", "dog"]), Abstain = false },
        });
        Assert.AreEqual(Mixture.Of("cat"), result.Routing[0].Mixture);
        await Assert.ThrowsExactlyAsync<UnknownAdapterException>(
            () => engine.GenerateAsync(new GenerationRequest { Prompt = "x", Mixture = Mixture.Of("dog") }), "a pinned one never is");
    }

    [TestMethod]
    public void AMixtureThatCouldNotBeAppliedIsNotInForce()
    {
        (RequestRouting routing, RequestMixtures held) = Routing();
        using (held)
        {
            AnswerRouting answer = new(routing, string.Empty, routing.Decide(Cat));
            PlannedMixture next = answer.AtSentenceEnd($"Now {Dog} {Dog}. ")!;
            Assert.AreEqual(Mixture.Of("dog"), next.Mixture);
            next = answer.AtSentenceEnd($"Now {Dog} {Dog}. And {Dog}. ")!;
            Assert.AreEqual(Mixture.Of("dog"), next.Mixture, "the first was not accepted");
            answer.Accept(next);
            Assert.IsNull(answer.AtSentenceEnd($"Now {Dog} {Dog}. And {Dog}. And {Dog}. "));
        }
    }

    [TestMethod]
    public void MessagesMayLieInThePromptInAnotherOrderThanTheyCame()
    {
        (RequestRouting routing, RequestMixtures held) = Routing();
        using (held)
        {
            PromptTurn[] turns = [new(true, Dog, new TextRange(4, 6)), new(false, "yes", new TextRange(0, 2)), new(true, Cat, new TextRange(8, 10))];
            TextRange[] offsets = [.. Enumerable.Range(0, 10).Select(i => new TextRange(i, i + 1))];
            PreparedPrompt prompt = PromptRouting.Route(routing, turns, new int[10], offsets, oneQuestion: false);
            string[] parts = [.. prompt.Parts.Select(p => $"{p.FirstToken}-{p.EndToken} {p.Mixture}")];
            CollectionAssert.AreEqual(new[] { "0-2 1 dog", "2-4 1 cat", "4-6 1 dog", "6-10 1 cat" }, parts, string.Join(" | ", parts));
        }
    }

    [TestMethod]
    public async Task AnAllowListNarrowsTheChoice()
    {
        await using DlpLoraEngine engine = await Load();
        GenerationResult result = await engine.GenerateAsync(new GenerationRequest
        {
            Prompt = $"It is {Cat}.",
            MaxTokens = 1,
            RoutingPolicy = new RoutingPolicy { AllowList = new HashSet<string> { "dog" }, Abstain = false },
        });
        Assert.AreEqual(Mixture.Of("dog"), result.Routing[0].Mixture);
    }

    [TestMethod]
    public async Task ARouterOfAnotherBaseIsRefusedWithBothFingerprints()
    {
        string fingerprint = ModelManifest.Load(TinyModel.Shared.Folder).BaseFingerprint;
        string path = KeywordRouter.Write(Path.Combine(_files.Folder, "other.safetensors"), "sha256:" + new string('0', 64), ("cat", Cat), ("dog", Dog));
        RouterMismatchException error = await Assert.ThrowsExactlyAsync<RouterMismatchException>(() => Load(o => o.RouterFile = path));
        Assert.Contains(fingerprint, error.Message);
        Assert.Contains(new string('0', 64), error.Message);
    }

    /// <summary>The routing of a request in sentence scope, one adapter a mixture.</summary>
    private (RequestRouting Routing, RequestMixtures Held) Routing()
    {
        EngineParts parts = new ScriptedBackend("x").CreateParts(null, _files.Adapters, _files.LoadRouter());
        RequestMixtures held = new(parts.Adapters, parts.Fusion);
        GenerationRequest request = new() { RoutingScope = RoutingScope.Sentence, RoutingPolicy = new RoutingPolicy { MaxAdapters = 1 } };
        return (RequestRouting.Create(parts, request, held)!, held);
    }

    private async Task<DlpLoraEngine> Load(Action<DlpLoraOptions>? change = null)
    {
        DlpLoraOptions options = new() { Threads = 1, Spinning = false, AdapterFolder = _files.Adapters, RouterFile = _files.WriteRouter() };
        change?.Invoke(options);
        return await DlpLoraEngine.LoadAsync(TinyModel.Shared.Folder, options);
    }

    /// <summary>Removes an adapter at the moment when a decision asks whether it is allowed.</summary>
    private sealed class RemovingSet(AdapterRegistry adapters, string name, IEnumerable<string> names) : HashSet<string>(names), IReadOnlySet<string>
    {
        bool IReadOnlySet<string>.Contains(string item)
        {
            if (item == name)
            {
                adapters.Remove(name);
            }

            return Contains(item);
        }
    }
}
