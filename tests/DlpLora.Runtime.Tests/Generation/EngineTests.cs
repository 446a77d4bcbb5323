using System.Numerics.Tensors;
using System.Text;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Safetensors;
using DlpLora.Runtime.Templates;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Generation;

/// <summary>The engine on the tiny model: answers, errors, and that it goes on serving.</summary>
[TestClass]
public sealed class EngineTests
{
    private static readonly int[] Ids = [256, 17, 200, 3, 99];

    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-engine").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task GreedyAnswersEqualTheWrittenOutArithmetic()
    {
        TinyAdapter a = TinyAdapter.Random(1);
        TinyAdapter b = TinyAdapter.Random(2);
        a.Write(Path.Combine(_folder, "a"));
        b.Write(Path.Combine(_folder, "b"));
        await using DlpLoraEngine engine = await Load();
        await Check(new NaiveLlama(), Mixture.Empty);
        await Check(new NaiveLlama((a, 1f)), Mixture.Of("a"));
        await Check(new NaiveLlama((a, 0.7f), (b, -0.4f)), Mixture.Create(new("b", -0.4f), new("a", 0.7f)));

        async Task Check(NaiveLlama model, Mixture mixture)
        {
            GenerationResult result = await engine.GenerateAsync(Request(12) with { Mixture = mixture, ReturnPromptLogits = true });
            List<int> sequence = [.. Ids];
            float[] logits = Last(model, sequence);
            Assert.IsLessThanOrEqualTo(1e-4f, logits.Zip(result.PromptLogits!, (x, y) => Math.Abs(x - y)).Max());
            foreach (int token in result.OutputIds)
            {
                int best = TensorPrimitives.IndexOfMax<float>(Last(model, sequence));
                Assert.AreEqual(best, token, $"{mixture} at {sequence.Count}");
                sequence.Add(token);
            }

            Assert.HasCount(12, result.OutputIds);
            Assert.AreEqual(FinishReason.Length, result.FinishReason);
            Assert.AreEqual(Ids.Length, result.Usage.PromptTokens);
            Assert.AreEqual(12, result.Usage.CompletionTokens);
        }

        static float[] Last(NaiveLlama model, List<int> ids) => model.Logits([.. ids])[^TinyModel.Vocabulary..];
    }

    [TestMethod]
    public async Task APromptMayBeLongerThanAChunk()
    {
        int[] ids = [.. Enumerable.Range(0, 50).Select(i => i * 5 % 256)];
        await using DlpLoraEngine whole = await Load();
        await using DlpLoraEngine chunks = await Load(o => o.PrefillChunk = 7);
        GenerationRequest request = new() { InputIds = ids, MaxTokens = 8 };
        CollectionAssert.AreEqual(
            (await whole.GenerateAsync(request)).OutputIds.ToArray(), (await chunks.GenerateAsync(request)).OutputIds.ToArray());
    }

    [TestMethod]
    public async Task AStreamBringsTheSameAsTheResult()
    {
        await using DlpLoraEngine engine = await Load();
        GenerationResult whole = await engine.GenerateAsync(Request(40));
        StringBuilder text = new();
        List<int> tokens = [];
        GenerationResult? last = null;
        await foreach (GenerationUpdate update in engine.StreamAsync(Request(40)))
        {
            Assert.IsNull(last, "the result comes last");
            text.Append(update.Text);
            if (update.TokenId is { } token)
            {
                tokens.Add(token);
            }

            last = update.Result;
        }

        Assert.AreEqual(whole.Text, text.ToString());
        Assert.AreEqual(whole.Text, last!.Text);
        CollectionAssert.AreEqual(whole.OutputIds.ToArray(), tokens);
        Assert.AreEqual(engine.Tokenizer!.Decode([.. whole.OutputIds], skipSpecialTokens: true), whole.Text);
    }

    [TestMethod]
    public async Task TheEndTokenEndsTheAnswerAndMinTokensHoldsItBack()
    {
        string folder = TinyModel.Copy(TinyModel.Shared.Folder, Path.Combine(_folder, "model"));
        int[] free;
        await using (DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(folder, Small()))
        {
            free = [.. (await engine.GenerateAsync(Request(8))).OutputIds];
        }

        int end = free.Select((id, i) => (id, i)).First(t => t.i >= 2 && Array.IndexOf(free, t.id) == t.i).id;
        (ModelManifest.Load(folder) with { EosTokenIds = [end] }).Save(folder);
        await using DlpLoraEngine ending = await DlpLoraEngine.LoadAsync(folder, Small());
        GenerationResult result = await ending.GenerateAsync(Request(8));
        Assert.AreEqual(FinishReason.Stop, result.FinishReason);
        CollectionAssert.AreEqual(free[..(Array.IndexOf(free, end) + 1)], result.OutputIds.ToArray());
        Assert.AreEqual(ending.Tokenizer!.Decode(free.AsSpan(0, Array.IndexOf(free, end)), true), result.Text, "the end token is no text");

        GenerationResult held = await ending.GenerateAsync(Request(8) with { MinTokens = 7 });
        Assert.IsGreaterThanOrEqualTo(7, held.OutputIds.Count);
        Assert.IsFalse(held.OutputIds.Take(7).Contains(end));
    }

    [TestMethod]
    public async Task TheAnswerEndsWhereTheContextIsFull()
    {
        await using DlpLoraEngine engine = await Load();
        GenerationResult result = await engine.GenerateAsync(new GenerationRequest { InputIds = new int[TinyModel.Context - 3], MaxTokens = 100 });
        Assert.AreEqual(FinishReason.Length, result.FinishReason);
        Assert.AreEqual(3, result.Usage.CompletionTokens);
    }

    [TestMethod]
    public async Task WithoutTokensToWriteOnlyThePromptIsRead()
    {
        await using DlpLoraEngine engine = await Load();
        GenerationResult result = await engine.GenerateAsync(Request(0) with { ReturnPromptLogits = true });
        Assert.IsEmpty(result.OutputIds);
        Assert.AreEqual(string.Empty, result.Text);
        Assert.HasCount(TinyModel.Vocabulary, result.PromptLogits!);
        Assert.AreEqual(Ids.Length, result.Routing[^1].EndToken);
    }

    [TestMethod]
    [DataRow(TinyModel.Context, 1)]
    [DataRow(TinyModel.Context + 1, 0)]
    [DataRow(5_000_000, 1)]
    public async Task APromptLongerThanTheContextIsAnErrorWithBothNumbers(int tokens, int maxTokens)
    {
        await using DlpLoraEngine engine = await Load();
        PromptTooLongException error = await Assert.ThrowsExactlyAsync<PromptTooLongException>(
            () => engine.GenerateAsync(new GenerationRequest { InputIds = new int[tokens], MaxTokens = maxTokens }));
        Assert.AreEqual(tokens, error.PromptTokens);
        Assert.AreEqual(TinyModel.Context, error.ContextLength);
        await AssertServes(engine);
    }

    [TestMethod]
    public async Task TheContextMayBeFilledToItsLastPosition()
    {
        await using DlpLoraEngine engine = await Load();
        GenerationRequest request = new() { InputIds = new int[TinyModel.Context - 1], MaxTokens = 5, MinTokens = 5 };
        GenerationResult last = await engine.GenerateAsync(request);
        Assert.HasCount(1, last.OutputIds);
        Assert.AreEqual(FinishReason.Length, last.FinishReason);
        GenerationResult none = await engine.GenerateAsync(new GenerationRequest { InputIds = new int[TinyModel.Context], MaxTokens = 0, ReturnPromptLogits = true });
        Assert.IsEmpty(none.OutputIds);
        Assert.HasCount(TinyModel.Vocabulary, none.PromptLogits!);
    }

    [TestMethod]
    [DynamicData(nameof(BadRequests))]
    public async Task NumbersAreCheckedAtTheDoor(string field, GenerationRequest request)
    {
        await using DlpLoraEngine engine = await Load();
        InvalidRequestException error = await Assert.ThrowsExactlyAsync<InvalidRequestException>(() => engine.GenerateAsync(request));
        Assert.StartsWith(field, error.Field);
        await Assert.ThrowsExactlyAsync<InvalidRequestException>(async () =>
        {
            await foreach (GenerationUpdate update in engine.StreamAsync(request))
            {
                Assert.Fail($"{update}");
            }
        });
        await AssertServes(engine);
    }

    public static IEnumerable<(string Field, GenerationRequest Request)> BadRequests()
    {
        yield return ("GenerationRequest", new GenerationRequest());
        yield return ("GenerationRequest", new GenerationRequest { Prompt = "a", InputIds = [1] });
        yield return ("InputIds", new GenerationRequest { InputIds = [] });
        yield return ("Prompt", new GenerationRequest { Prompt = string.Empty });
        yield return ("Messages", new GenerationRequest { Messages = [] });
        yield return ("Messages", GenerationRequest.ForUser(string.Empty));
        yield return ("Messages", GenerationRequest.ForUser(" \n"));
        yield return ("Tools", Request(1) with { Tools = [] });
        yield return ("prompt", new GenerationRequest { InputIds = [1, -1] });
        yield return ("prompt", new GenerationRequest { InputIds = [TinyModel.Vocabulary] });
        yield return ("MaxTokens", Request(-1));
        yield return ("MaxTokens", Request(int.MaxValue));
        yield return ("MinTokens", Request(3) with { MinTokens = 4 });
        yield return ("MinTokens", Request(3) with { MinTokens = -1 });
        yield return ("StopStrings", Request(3) with { StopStrings = [string.Empty] });
        yield return ("StopStrings", Request(3) with { StopStrings = [new string('a', 2000)] });
        yield return ("StopStrings", Request(3) with { StopStrings = [.. Enumerable.Repeat("a", 100)] });
        foreach (float value in new[] { float.NaN, -1, float.PositiveInfinity })
        {
            yield return ("Temperature", Sampling(new() { Temperature = value }));
            yield return ("TopP", Sampling(new() { TopP = value }));
            yield return ("MinP", Sampling(new() { MinP = value }));
            yield return ("RepetitionPenalty", Sampling(new() { RepetitionPenalty = value }));
            yield return ("PresencePenalty", Sampling(new() { PresencePenalty = value * 3 }));
            yield return ("FrequencyPenalty", Sampling(new() { FrequencyPenalty = value * 3 }));
        }

        yield return ("TopP", Sampling(new() { TopP = 0 }));
        yield return ("TopK", Sampling(new() { TopK = -1 }));

        static GenerationRequest Sampling(SamplingOptions options) => Request(1) with { Sampling = options };
    }

    [TestMethod]
    public async Task AnUnknownAdapterIsAnErrorAndNeverTheBase()
    {
        TinyAdapter.Plain(1).Write(Path.Combine(_folder, "known"));
        await using DlpLoraEngine engine = await Load();
        UnknownAdapterException error = await Assert.ThrowsExactlyAsync<UnknownAdapterException>(
            () => engine.GenerateAsync(Request(1) with { Mixture = Mixture.Of("unknown") }));
        CollectionAssert.AreEqual(new[] { "known" }, error.Known.ToArray());
        await AssertServes(engine);
    }

    [TestMethod]
    public async Task WeightsThatBlowUpAreAnErrorAndTheEngineGoesOnServing()
    {
        TinyAdapter wild = TinyAdapter.Plain(1);
        wild.Write(Path.Combine(_folder, "wild"));
        foreach (TinyAdapter.Module module in wild.Modules.Values)
        {
            Array.Fill(module.A, 1e30f);
            Array.Fill(module.B, 1e30f);
        }

        wild.WriteWeights(Path.Combine(_folder, "wild"), SafetensorsDataType.F32);
        await using DlpLoraEngine engine = await Load();
        InvalidLogitsException error = await Assert.ThrowsExactlyAsync<InvalidLogitsException>(
            () => engine.GenerateAsync(Request(1) with { Mixture = Mixture.Of("wild") }));
        Assert.Contains("wild", error.Message);
        Assert.AreEqual(Ids.Length - 1, error.Position);
        await AssertServes(engine);
    }

    [TestMethod]
    public async Task DrawsFollowTheirSeed()
    {
        await using DlpLoraEngine engine = await Load();
        GenerationRequest request = Request(20) with { Sampling = new SamplingOptions { Temperature = 2, Seed = 7 } };
        GenerationResult first = await engine.GenerateAsync(request);
        Assert.AreEqual(7, first.Seed);
        CollectionAssert.AreEqual(first.OutputIds.ToArray(), (await engine.GenerateAsync(request)).OutputIds.ToArray());
        GenerationResult fresh = await engine.GenerateAsync(request with { Sampling = new SamplingOptions { Temperature = 2 } });
        CollectionAssert.AreNotEqual(first.OutputIds.ToArray(), fresh.OutputIds.ToArray());
        GenerationResult again = await engine.GenerateAsync(request with { Sampling = new SamplingOptions { Temperature = 2, Seed = fresh.Seed } });
        CollectionAssert.AreEqual(fresh.OutputIds.ToArray(), again.OutputIds.ToArray());
    }

    [TestMethod]
    public async Task AFolderWithoutTokenizerAnswersTokensAndNamesTheFileForTexts()
    {
        string folder = TinyModel.Copy(TinyModel.Shared.Folder, Path.Combine(_folder, "model"));
        File.Delete(Path.Combine(folder, "tokenizer.json"));
        await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(folder, Small());
        Assert.IsNull(engine.Tokenizer);
        GenerationResult result = await engine.GenerateAsync(Request(3));
        Assert.IsNull(result.Text);
        Assert.HasCount(3, result.OutputIds);
        Assert.Contains("tokenizer.json", (await Assert.ThrowsExactlyAsync<InvalidRequestException>(() => engine.GenerateAsync("hello"))).Message);
        Assert.Contains(
            "tokenizer.json", (await Assert.ThrowsExactlyAsync<InvalidRequestException>(() => engine.GenerateAsync(new GenerationRequest { Prompt = "a" }))).Message);
    }

    [TestMethod]
    public async Task AFolderWithoutTemplateAnswersTextsAndSaysWhatMessagesLack()
    {
        string folder = TinyModel.Copy(TinyModel.Shared.Folder, Path.Combine(_folder, "model"));
        File.Delete(Path.Combine(folder, "chat_template.jinja"));
        await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(folder, Small());
        Assert.IsNull(engine.ChatTemplate);
        Assert.HasCount(2, (await engine.GenerateAsync(new GenerationRequest { Prompt = "hello", MaxTokens = 2 })).OutputIds);
        InvalidRequestException error = await Assert.ThrowsExactlyAsync<InvalidRequestException>(() => engine.GenerateAsync("hello"));
        Assert.IsInstanceOfType<MissingChatTemplateException>(error.InnerException);
    }

    [TestMethod]
    public async Task MessagesGoThroughTheTemplateAndSpellNoControlTokens()
    {
        ScriptedBackend backend = new("ok");
        await using DlpLoraEngine engine = backend.CreateEngine();
        GenerationResult plain = await engine.GenerateAsync(GenerationRequest.ForUser("hello"));
        Assert.AreEqual("ok", plain.Text);
        Assert.AreEqual(FinishReason.Stop, plain.FinishReason);
        int around = plain.Usage.PromptTokens - "hello".Length;
        GenerationResult spelled = await engine.GenerateAsync(GenerationRequest.ForUser("a<|im_end|>b"));
        Assert.AreEqual(around + "a<|im_end|>b".Length, spelled.Usage.PromptTokens, "one byte a token, no control token");
    }

    [TestMethod]
    public async Task StopStringsEndTheTextAcrossTokens()
    {
        await using DlpLoraEngine engine = new ScriptedBackend("Grüße, 世界! Stop here, please.").CreateEngine();
        GenerationRequest request = new() { Prompt = "x", StopStrings = ["STOP", "Stop here"] };
        StringBuilder streamed = new();
        GenerationResult? result = null;
        await foreach (GenerationUpdate update in engine.StreamAsync(request))
        {
            Assert.IsNotNull(update.Text, "null says that there is no tokenizer");
            Assert.DoesNotContain("\uFFFD", update.Text);
            streamed.Append(update.Text);
            result = update.Result;
        }

        Assert.AreEqual("Grüße, 世界! ", streamed.ToString());
        Assert.AreEqual("Grüße, 世界! ", result!.Text);
        Assert.AreEqual(FinishReason.StopString, result.FinishReason);
    }

    [TestMethod]
    public async Task TextHeldBackForAStopStringComesAtTheEnd()
    {
        await using DlpLoraEngine engine = new ScriptedBackend("to be st").CreateEngine();
        GenerationResult result = await engine.GenerateAsync(new GenerationRequest { Prompt = "x", StopStrings = ["stop"] });
        Assert.AreEqual("to be st", result.Text);
        Assert.AreEqual(FinishReason.Stop, result.FinishReason);
    }

    [TestMethod]
    public async Task AnAnswerCutInACharacterEndsWithTheReplacementCharacter()
    {
        await using DlpLoraEngine engine = new ScriptedBackend("a世").CreateEngine();
        GenerationResult result = await engine.GenerateAsync(new GenerationRequest { Prompt = "x", MaxTokens = 3 });
        Assert.AreEqual("a\uFFFD", result.Text);
    }

    [TestMethod]
    public async Task TheTraceOfAPinnedMixtureCoversTheSequence()
    {
        TinyAdapter.Plain(1).Write(Path.Combine(_folder, "a"));
        await using DlpLoraEngine engine = await Load();
        GenerationResult result = await engine.GenerateAsync(Request(4) with { Mixture = Mixture.Of("a") });
        Assert.HasCount(2, result.Routing);
        Assert.AreEqual((0, Ids.Length), (result.Routing[0].FirstToken, result.Routing[0].EndToken));
        Assert.AreEqual((Ids.Length, Ids.Length + 4), (result.Routing[1].FirstToken, result.Routing[1].EndToken));
        Assert.IsTrue(result.Routing.All(r => r.Origin == MixtureOrigin.Pinned && r.Mixture.Equals(Mixture.Of("a"))));
        Assert.AreEqual(MixtureOrigin.Base, (await engine.GenerateAsync(Request(1))).Routing[0].Origin);
    }

    [TestMethod]
    public async Task ASequenceBeyondTheKvBudgetNamesTheOption()
    {
        await using DlpLoraEngine engine = await Load(o => o.KvBudgetBytes = KvCacheSize.Bytes(ModelManifest.Load(TinyModel.Shared.Folder), 128));
        KvBudgetException error = await Assert.ThrowsExactlyAsync<KvBudgetException>(() => engine.GenerateAsync(Request(200)));
        Assert.Contains(nameof(DlpLoraOptions.KvBudgetBytes), error.Message);
        Assert.IsGreaterThan(error.BudgetBytes, error.RequiredBytes);
        await AssertServes(engine);
    }

    [TestMethod]
    public async Task OptionsOutsideTheirRangeAreNamed()
    {
        foreach (Action<DlpLoraOptions> change in new Action<DlpLoraOptions>[]
        {
            o => o.Threads = 0, o => o.MaxConcurrentGenerations = 0, o => o.QueueLimit = -1, o => o.AdapterBudgetBytes = -1,
            o => o.FusionBudgetBytes = -1, o => o.KvBudgetBytes = 0, o => o.PrefillChunk = 0, o => o.MaxMixtureRank = 0, o => o.MaxMixtureRank = (1 << 16) + 1,
        })
        {
            ArgumentException error = await Assert.ThrowsExactlyAsync<ArgumentException>(() => Load(change));
            Assert.Contains(nameof(DlpLoraOptions), error.Message);
        }
    }

    private static GenerationRequest Request(int maxTokens) => new() { InputIds = Ids, MaxTokens = maxTokens };

    private static DlpLoraOptions Small() => new() { Threads = 1, Spinning = false };

    private static async Task AssertServes(DlpLoraEngine engine) => Assert.HasCount(2, (await engine.GenerateAsync(Request(2))).OutputIds);

    private async Task<DlpLoraEngine> Load(Action<DlpLoraOptions>? change = null)
    {
        DlpLoraOptions options = Small();
        options.AdapterFolder = _folder;
        change?.Invoke(options);
        return await DlpLoraEngine.LoadAsync(TinyModel.Shared.Folder, options);
    }
}
