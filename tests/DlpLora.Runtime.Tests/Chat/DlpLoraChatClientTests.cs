using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Chat;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Tokenization;
using Microsoft.Extensions.AI;

namespace DlpLora.Runtime.Tests.Chat;

[TestClass]
public sealed class DlpLoraChatClientTests
{
    private static ChatFixture _fixture = null!;

    private static DlpLoraChatClient Client => new DlpLoraChatClient(_fixture.Engine);

    [ClassInitialize]
    public static async Task LoadAsync(TestContext _) => _fixture = await ChatFixture.CreateAsync();

    [ClassCleanup]
    public static async Task DisposeAsync() => await _fixture.DisposeAsync();

    [TestMethod]
    public async Task TheResponseIsTheStreamGathered()
    {
        ChatOptions options = new() { MaxOutputTokens = 12 };
        List<ChatResponseUpdate> updates = [];
        await foreach (ChatResponseUpdate update in Client.GetStreamingResponseAsync("make a rhyme", options))
        {
            updates.Add(update);
        }

        ChatResponse response = await Client.GetResponseAsync("make a rhyme", options);
        Assert.AreEqual(string.Concat(updates.Select(u => u.Text)), response.Text);
        Assert.AreEqual(ChatRole.Assistant, response.Messages.Single().Role);
        Assert.HasCount(1, updates.Select(u => u.ResponseId).Distinct());
        Assert.IsTrue(updates[..^1].All(u => u.FinishReason is null && u.Text.Length > 0));
    }

    [TestMethod]
    public async Task TheLastUpdateCarriesUsageFinishReasonAndRouting()
    {
        ChatResponse response = await Client.GetResponseAsync("make a rhyme", new ChatOptions { MaxOutputTokens = 7 });
        Assert.AreEqual(ChatFinishReason.Length, response.FinishReason);
        Assert.AreEqual(7, response.Usage!.OutputTokenCount);
        Assert.AreEqual(response.Usage.InputTokenCount + 7, response.Usage.TotalTokenCount);
        Assert.AreEqual(ChatModelIds.Auto, response.ModelId);
        IReadOnlyList<AppliedMixture> routing = (IReadOnlyList<AppliedMixture>)response.AdditionalProperties![ChatProperties.Routing]!;
        Assert.AreEqual(ChatFixture.Poems, routing[^1].Mixture.Adapters[0].Name);
        Assert.AreEqual(MixtureOrigin.Router, routing[^1].Origin);
    }

    [TestMethod]
    [DataRow(ChatModelIds.Base, "base", MixtureOrigin.Pinned)]
    [DataRow(ChatFixture.Sums, "1 sums", MixtureOrigin.Pinned)]
    [DataRow(ChatModelIds.Auto, "1 poems", MixtureOrigin.Router)]
    public async Task TheModelIdPicksTheMixture(string modelId, string mixture, MixtureOrigin origin)
    {
        ChatResponse response = await Client.GetResponseAsync("make a rhyme", new ChatOptions { ModelId = modelId, MaxOutputTokens = 2 });
        AppliedMixture applied = ((IReadOnlyList<AppliedMixture>)response.AdditionalProperties![ChatProperties.Routing]!)[^1];
        Assert.AreEqual(mixture, applied.Mixture.ToString());
        Assert.AreEqual(origin, applied.Origin);
        Assert.AreEqual(modelId, response.ModelId);
    }

    [TestMethod]
    public async Task AnUnknownModelIdIsAnErrorAndNoFallback() =>
        await Assert.ThrowsExactlyAsync<UnknownAdapterException>(
            () => Client.GetResponseAsync("hi", new ChatOptions { ModelId = "nobody", MaxOutputTokens = 2 }));

    [TestMethod]
    public async Task TheCallersMessagesAndOptionsStayAsTheyWere()
    {
        List<ChatMessage> messages = [new(ChatRole.System, "s"), new(ChatRole.User, "u")];
        ChatOptions options = new() { Instructions = "i", MaxOutputTokens = 2, StopSequences = ["zzz"] };
        await Client.GetResponseAsync(messages, options);
        Assert.HasCount(2, messages);
        Assert.AreEqual("s", messages[0].Text);
        Assert.AreEqual("i", options.Instructions);
        Assert.HasCount(1, options.StopSequences);
        Assert.IsNull(options.ModelId);
    }

    [TestMethod]
    public async Task RequestsAtTheSameTimeGetTheAnswersOfRequestsAlone()
    {
        string[] texts = ["make a rhyme", "two plus two", "neither", "rhyme plus rhyme"];
        ChatOptions options = new() { MaxOutputTokens = 6 };
        List<string> alone = [];
        foreach (string text in texts)
        {
            alone.Add((await Client.GetResponseAsync(text, options)).Text);
        }

        DlpLoraChatClient shared = Client;
        ChatResponse[] together = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => shared.GetResponseAsync(texts[i % 4], options)));
        for (int i = 0; i < together.Length; i++)
        {
            Assert.AreEqual(alone[i % 4], together[i].Text);
        }
    }

    [TestMethod]
    public async Task CancellingEndsTheStream()
    {
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (ChatResponseUpdate _ in Client.GetStreamingResponseAsync("hi", new ChatOptions { MaxOutputTokens = 500 }, stop.Token))
            {
                await stop.CancelAsync();
            }
        });
        Assert.IsNotNull((await Client.GetResponseAsync("hi", new ChatOptions { MaxOutputTokens = 1 })).Usage);
    }

    [TestMethod]
    public void GetServiceAnswersTheEnginesParts()
    {
        DlpLoraChatClient client = Client;
        Assert.AreEqual("dlplora", client.GetService<ChatClientMetadata>()!.ProviderName);
        Assert.AreSame(_fixture.Engine, client.GetService<DlpLoraEngine>());
        Assert.AreSame(_fixture.Engine.Adapters, client.GetService<AdapterRegistry>());
        Assert.AreSame(_fixture.Engine.Router, client.GetService<Router>());
        Assert.AreSame(_fixture.Engine.Tokenizer, client.GetService<HuggingFaceTokenizer>());
        Assert.AreSame(client, client.GetService<IChatClient>());
        Assert.IsNull(client.GetService<string>());
        Assert.IsNull(client.GetService(typeof(DlpLoraEngine), "key"));
    }

    [TestMethod]
    public async Task DisposingTheClientLeavesTheEngineRunning()
    {
        Client.Dispose();
        Assert.IsNotNull((await Client.GetResponseAsync("hi", new ChatOptions { MaxOutputTokens = 1 })).Usage);
    }
}
