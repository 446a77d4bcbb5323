using System.Text.Json;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Chat;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Routing;
using Microsoft.Extensions.AI;

namespace DlpLora.Runtime.Tests.Chat;

[TestClass]
public sealed class ChatRequestMappingTests
{
    [TestMethod]
    public void WithoutOptionsTheEnginesDefaultsHold()
    {
        GenerationRequest request = Map(null, new ChatMessage(ChatRole.User, "hi"));
        Assert.IsNull(request.Mixture);
        Assert.AreEqual(SamplingOptions.Greedy, request.Sampling);
        Assert.AreEqual("user", request.Messages!.Single().Role);
    }

    [TestMethod]
    public void EveryOptionReachesItsPlace()
    {
        GenerationRequest request = Map(new ChatOptions
        {
            Temperature = 0.5f,
            TopP = 0.9f,
            TopK = 7,
            FrequencyPenalty = 0.1f,
            PresencePenalty = 0.2f,
            Seed = 42,
            MaxOutputTokens = 3,
            StopSequences = ["a", "b"],
            ModelId = "poems",
        });
        Assert.AreEqual(
            new SamplingOptions { Temperature = 0.5f, TopP = 0.9f, TopK = 7, FrequencyPenalty = 0.1f, PresencePenalty = 0.2f, Seed = 42 }, request.Sampling);
        Assert.AreEqual(3, request.MaxTokens);
        CollectionAssert.AreEqual(new[] { "a", "b" }, request.StopStrings.ToArray());
        Assert.AreEqual(Mixture.Of("poems"), request.Mixture);
        Assert.AreEqual(Mixture.Empty, Map(new ChatOptions { ModelId = ChatModelIds.Base }).Mixture);
        Assert.IsNull(Map(new ChatOptions { ModelId = ChatModelIds.Auto }).Mixture);
    }

    [TestMethod]
    public void InstructionsAreASystemMessageOrPartOfTheOneThatIsThere()
    {
        GenerationRequest alone = Map(new ChatOptions { Instructions = "i" }, new ChatMessage(ChatRole.User, "u"));
        Assert.AreEqual(("system", "i"), (alone.Messages![0].Role, alone.Messages[0].Content));
        Assert.HasCount(2, alone.Messages);
        GenerationRequest joined = Map(new ChatOptions { Instructions = "i" }, new ChatMessage(ChatRole.System, "s"), new ChatMessage(ChatRole.User, "u"));
        Assert.AreEqual("i\n\ns", joined.Messages![0].Content);
        Assert.HasCount(2, joined.Messages);
    }

    [TestMethod]
    public void AMessagesTextPartsAreOneTextAndItsThoughtsApart()
    {
        GenerationRequest request = Map(null, new ChatMessage(ChatRole.Assistant, [new TextContent("a"), new TextReasoningContent("t"), new TextContent("b"), new UsageContent()]));
        Assert.AreEqual("ab", request.Messages!.Single().Content);
        Assert.AreEqual("t", request.Messages!.Single().ReasoningContent);
    }

    [TestMethod]
    public void TheRawRequestHoldsWhereTheOptionsSayNothing()
    {
        GenerationRequest raw = new() { RoutingScope = RoutingScope.Sentence, MaxTokens = 9, Sampling = new SamplingOptions { MinP = 0.1f, Temperature = 1 } };
        GenerationRequest request = Map(new ChatOptions { RawRepresentationFactory = _ => raw, Temperature = 0.5f });
        Assert.AreEqual(RoutingScope.Sentence, request.RoutingScope);
        Assert.AreEqual(9, request.MaxTokens);
        Assert.AreEqual(new SamplingOptions { MinP = 0.1f, Temperature = 0.5f }, request.Sampling);
    }

    [TestMethod]
    public void WhatIsNotSupportedIsRefusedByName()
    {
        AssertRefused("ChatOptions.Tools", new ChatOptions { Tools = [AIFunctionFactory.Create(() => 1, "one")] });
        AssertRefused("ChatOptions.ConversationId", new ChatOptions { ConversationId = "c" });
        AssertRefused("ChatOptions.ResponseFormat", new ChatOptions { ResponseFormat = ChatResponseFormat.Json });
        AssertRefused("ChatOptions.ResponseFormat", new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonDocument.Parse("{}").RootElement) });
        AssertRefused("ChatOptions.ToolMode", new ChatOptions { ToolMode = ChatToolMode.RequireAny });
        AssertRefused("ModelId", new ChatOptions { ModelId = "" });
        AssertRefused("RawRepresentationFactory", new ChatOptions { RawRepresentationFactory = _ => "x" });
        AssertRefused("RawRepresentationFactory", new ChatOptions { RawRepresentationFactory = _ => new GenerationRequest { Prompt = "x" } });
        Assert.AreEqual(nameof(DataContent), Assert.ThrowsExactly<UnsupportedChatFeatureException>(
            () => Map(null, new ChatMessage(ChatRole.User, [new DataContent(new byte[] { 1 }, "image/png")]))).Feature);
        Assert.AreEqual(nameof(FunctionResultContent), Assert.ThrowsExactly<UnsupportedChatFeatureException>(
            () => Map(null, new ChatMessage(ChatRole.Tool, [new FunctionResultContent("1", "x")]))).Feature);
    }

    [TestMethod]
    public void WhatChangesNothingIsAccepted() => Assert.IsNotNull(Map(new ChatOptions
    {
        Tools = [],
        ToolMode = ChatToolMode.Auto,
        ResponseFormat = ChatResponseFormat.Text,
        AllowMultipleToolCalls = true,
    }));

    private static void AssertRefused(string feature, ChatOptions options) =>
        Assert.AreEqual(feature, Assert.ThrowsExactly<UnsupportedChatFeatureException>(() => Map(options, new ChatMessage(ChatRole.User, "u"))).Feature);

    private static GenerationRequest Map(ChatOptions? options, params ChatMessage[] messages) => ChatRequestMapping.ToRequest(null!, messages, options);
}
