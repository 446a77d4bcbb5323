using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Generation;

/// <summary>Prompts of several questions, each of which is answered by itself.</summary>
[TestClass]
public sealed class SegmentAnsweringTests
{
    private const string Cat = "It is purring, and purring again.";
    private const string Dog = "It is barking, and barking again.";
    private const string Separator = "\n\n";

    private readonly CatAndDog _files = new();

    [TestCleanup]
    public void Cleanup() => _files.Delete();

    [TestMethod]
    public async Task EveryQuestionIsAnsweredByItself()
    {
        await using DlpLoraEngine engine = Scripted("Yes.").CreateEngine(null, _files.Adapters, _files.LoadRouter());
        GenerationResult result = await engine.GenerateAsync(Ask(Cat + Separator + Dog));
        Assert.AreEqual("Yes." + Separator + "Yes.", result.Text);
        Assert.AreEqual(FinishReason.Stop, result.FinishReason);
        CollectionAssert.AreEqual(new[] { "1 cat", "1 dog" }, result.Answers.Select(a => a.Mixture.ToString()).ToArray());
        CollectionAssert.AreEqual(new[] { "Yes.", "Yes." }, result.Answers.Select(a => a.Text).ToArray());
        CollectionAssert.AreEqual(new[] { 0, Cat.Length + 2 }, result.Answers.Select(a => a.Start).ToArray());
        CheckSums(result, Cat + Separator + Dog);
    }

    [TestMethod]
    public async Task TheAnswersAreThoseOfTheQuestionsAskedAlone()
    {
        await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(
            TinyModel.Shared.Folder,
            new DlpLoraOptions { Threads = 1, Spinning = false, AdapterFolder = _files.Adapters, RouterFile = _files.WriteRouter() });
        GenerationRequest request = new()
        {
            Messages = [new("system", "Be kind."), new("user", "Well?"), new("assistant", "Yes."), new("user", $"{Cat}{Separator}{Dog}\n")],
            RoutingScope = RoutingScope.Sentence,
            MaxTokens = 24,
            ReturnPromptLogits = true,
        };
        GenerationResult result = await engine.GenerateAsync(request);
        GenerationResult[] alone = [await Alone(Cat), await Alone(Dog)];
        CollectionAssert.AreEqual(alone.SelectMany(a => a.OutputIds).ToArray(), result.OutputIds.ToArray());
        Assert.AreEqual(string.Join(Separator, alone.Select(a => a.Text)), result.Text);
        CollectionAssert.AreEqual(alone[0].PromptLogits, result.PromptLogits, "of the first prompt");

        Task<GenerationResult> Alone(string question) =>
            engine.GenerateAsync(request with { Messages = [.. request.Messages!.SkipLast(1), new("user", question)], MaxTokens = 12 });
    }

    [TestMethod]
    public async Task TheStreamBringsTheTextAndEveryToken()
    {
        await using DlpLoraEngine engine = Scripted("Grüße.").CreateEngine(null, _files.Adapters, _files.LoadRouter());
        List<GenerationUpdate> updates = [];
        await foreach (GenerationUpdate update in engine.StreamAsync(Ask(Cat + Separator + Dog)))
        {
            updates.Add(update);
        }

        GenerationResult result = updates[^1].Result!;
        Assert.AreEqual(result.Text, string.Concat(updates.Select(u => u.Text)));
        CollectionAssert.AreEqual(result.OutputIds.ToArray(), updates.Where(u => u.TokenId is not null).Select(u => u.TokenId!.Value).ToArray());
    }

    [TestMethod]
    [DataRow("\n\n", "Yes.")]
    [DataRow(".\n", "Yes")]
    [DataRow("s.\n\nY", "Ye")]
    [DataRow("es", "Y")]
    public async Task AStopStringEndsAllWhereverItStands(string stop, string expected)
    {
        await using DlpLoraEngine engine = Scripted("Yes.").CreateEngine(null, _files.Adapters, _files.LoadRouter());
        GenerationResult result = await engine.GenerateAsync(Ask(Cat + Separator + Dog) with { StopStrings = [stop] });
        Assert.AreEqual(expected, result.Text);
        Assert.AreEqual(FinishReason.StopString, result.FinishReason);
        Assert.AreEqual(expected, result.Answers[0].Text);
        Assert.IsTrue(result.Answers.Skip(1).All(a => a.Text!.Length == 0));
    }

    [TestMethod]
    [DataRow(7, new[] { 4, 3 })]
    [DataRow(8, new[] { 4, 4 })]
    [DataRow(1, new[] { 1 })]
    public async Task TheQuestionsShareTheTokens(int maxTokens, int[] expected)
    {
        await using DlpLoraEngine engine = Scripted(new string('a', 400)).CreateEngine(null, _files.Adapters, _files.LoadRouter());
        GenerationResult result = await engine.GenerateAsync(Ask(Cat + Separator + Dog) with { MaxTokens = maxTokens });
        CollectionAssert.AreEqual(expected, result.Answers.Select(a => a.CompletionTokens).ToArray());
        Assert.AreEqual(FinishReason.Length, result.FinishReason);
    }

    [TestMethod]
    public async Task WhatAShortAnswerLeavesIsTheNextOnesAndMinimaAreShared()
    {
        await using DlpLoraEngine engine = Scripted("abc").CreateEngine(null, _files.Adapters, _files.LoadRouter());
        GenerationResult result = await engine.GenerateAsync(Ask(Cat + Separator + Dog) with { MaxTokens = 9, MinTokens = 6 });
        CollectionAssert.AreEqual(new[] { 4, 4 }, result.Answers.Select(a => a.CompletionTokens).ToArray(), "three characters and the end, at least three");
    }

    [TestMethod]
    public async Task ACancellationBetweenTheAnswersEndsAll()
    {
        using CancellationTokenSource cancellation = new();
        ScriptedBackend backend = Scripted("Yes.");
        int prompts = 0;
        backend.OnRun = run =>
        {
            if (backend.Runs[run].Tokens > 1 && ++prompts == 2)
            {
                cancellation.Cancel();
            }
        };
        await using DlpLoraEngine engine = backend.CreateEngine(null, _files.Adapters, _files.LoadRouter());
        await Assert.ThrowsAsync<OperationCanceledException>(() => engine.GenerateAsync(Ask(Cat + Separator + Dog), cancellation.Token));
        Assert.AreEqual("Yes." + Separator + "Yes.", (await engine.GenerateAsync(Ask(Cat + Separator + Dog))).Text);
    }

    [TestMethod]
    public async Task OnlySentenceScopeAndAskedMessagesAreAnsweredOneByOne()
    {
        await using DlpLoraEngine engine = Scripted("Yes.").CreateEngine(null, _files.Adapters, _files.LoadRouter());
        GenerationRequest request = Ask(Cat + Separator + Dog);
        GenerationRequest[] together =
        [
            request with { RoutingScope = RoutingScope.Prompt },
            request with { SegmentAnswering = SegmentAnswering.Together },
            request with { Mixture = Mixture.Of("cat") },
            request with { MaxTokens = 0 },
            request with { Messages = [.. request.Messages!, new("assistant", "Well:")] },
            request with { Messages = null, Prompt = Cat + Separator + Dog },
            Ask($"Hello!{Separator}{Cat}"),
        ];
        foreach (GenerationRequest one in together)
        {
            Assert.IsEmpty((await engine.GenerateAsync(one)).Answers);
        }
    }

    [TestMethod]
    public async Task WhateverTheQuestionsTheResultFitsTogether()
    {
        await using DlpLoraEngine engine = Scripted("So. It\n\nis.").CreateEngine(null, _files.Adapters, _files.LoadRouter());
        string[] pieces = [Cat, Dog, "Hello there.", "What now?", "Grüße 世界 \ud83d\ude00", " "];
        string[] between = [Separator, "\n", " ", "\r\n\r\n"];
        Random random = new(12);
        int several = 0;
        for (int i = 0; i < 60; i++)
        {
            string text = Cat;
            for (int n = random.Next(6); n > 0; n--)
            {
                text += between[random.Next(between.Length)] + pieces[random.Next(pieces.Length)];
            }

            GenerationResult result = await engine.GenerateAsync(Ask(text) with { MaxTokens = random.Next(1, 60) });
            CheckSums(result, text);
            several += result.Answers.Count > 1 ? 1 : 0;
        }

        Assert.IsGreaterThan(10, several);
    }

    private static void CheckSums(GenerationResult result, string turn)
    {
        int position = 0;
        foreach (AppliedMixture part in result.Routing)
        {
            Assert.AreEqual(position, part.FirstToken, "no gaps");
            position = part.EndToken;
        }

        Assert.AreEqual(result.Usage.PromptTokens + result.Usage.CompletionTokens, position);
        Assert.AreEqual(result.Usage.CompletionTokens, result.OutputIds.Count);
        if (result.Answers.Count == 0)
        {
            return;
        }

        Assert.AreEqual(result.Text, string.Join(Separator, result.Answers.Select(a => a.Text)));
        Assert.AreEqual(result.Usage.PromptTokens, result.Answers.Sum(a => a.PromptTokens));
        Assert.AreEqual(result.Usage.CompletionTokens, result.Answers.Sum(a => a.CompletionTokens));
        Assert.AreEqual(0, result.Answers[0].Start);
        for (int i = 1; i < result.Answers.Count; i++)
        {
            Assert.AreEqual(result.Answers[i - 1].End, result.Answers[i].Start);
        }

        if (result.FinishReason == FinishReason.Stop)
        {
            Assert.AreEqual(turn.Length, result.Answers[^1].End);
        }
    }

    private static ScriptedBackend Scripted(string answer) => new(answer);

    private static GenerationRequest Ask(string text) => GenerationRequest.ForUser(text) with { RoutingScope = RoutingScope.Sentence };
}
