using System.Runtime.CompilerServices;
using DlpLora.Runtime.Generation;
using Microsoft.Extensions.AI;

namespace DlpLora.Runtime.Chat;

/// <summary>
/// An engine as <see cref="IChatClient"/>: messages go through the model's own chat template, the router picks the adapters, and the
/// last update carries usage, finish reason and the routing (<see cref="ChatProperties.Routing"/>).
/// </summary>
/// <remarks>
/// <para>Thread-safe: any number of requests may run at once. Messages and options of the caller are never changed.</para>
/// <para>
/// <c>ChatOptions.ModelId</c> is <see cref="ChatModelIds.Auto"/> (the default), <see cref="ChatModelIds.Base"/>, or an adapter's name.
/// A temperature of null or 0 is greedy. <c>Instructions</c> stand before the system message, or are one.
/// <c>RawRepresentationFactory</c> may return a <see cref="GenerationRequest"/> whose values hold where the options say nothing.
/// Tools, conversation ids, JSON response formats and contents that are not text are refused with <see cref="UnsupportedChatFeatureException"/>.
/// </para>
/// <para>The client does not own the engine: disposing the client leaves the engine running.</para>
/// </remarks>
public sealed class DlpLoraChatClient : IChatClient
{
    private readonly DlpLoraEngine _engine;
    private readonly TimeProvider _clock;
    private readonly ChatClientMetadata _metadata = new("dlplora", providerUri: null, defaultModelId: ChatModelIds.Auto);

    /// <summary>Creates a client.</summary>
    /// <param name="engine">The engine that answers; it stays the caller's to dispose.</param>
    /// <param name="clock">Where the answers' time stamps come from; null for the system's clock.</param>
    public DlpLoraChatClient(DlpLoraEngine engine, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        _engine = engine;
        _clock = clock ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    /// <exception cref="UnsupportedChatFeatureException">An option or a content asks for what this client does not do.</exception>
    /// <exception cref="DlpLoraException">As <see cref="DlpLoraEngine.GenerateAsync(GenerationRequest, CancellationToken)"/> throws.</exception>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        List<ChatResponseUpdate> updates = [];
        await foreach (ChatResponseUpdate update in GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            updates.Add(update);
        }

        // Gathering leaves an update's properties at the message; whoever holds the response looks for them there too.
        ChatResponse response = updates.ToChatResponse();
        response.AdditionalProperties = updates[^1].AdditionalProperties;
        response.RawRepresentation = updates[^1].RawRepresentation;
        return response;
    }

    /// <inheritdoc/>
    /// <exception cref="UnsupportedChatFeatureException">An option or a content asks for what this client does not do.</exception>
    /// <exception cref="DlpLoraException">As <see cref="DlpLoraEngine.StreamAsync"/> throws; from the enumeration.</exception>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        GenerationRequest request = ChatRequestMapping.ToRequest(this, messages, options);
        return StreamAsync(request, options?.ModelId ?? ChatModelIds.Auto, cancellationToken);
    }

    /// <summary>
    /// Answers for <see cref="ChatClientMetadata"/>, the client itself, and the engine with its parts: <see cref="DlpLoraEngine"/>,
    /// <see cref="Adapters.AdapterRegistry"/>, <see cref="Routing.Router"/>, <see cref="Tokenization.HuggingFaceTokenizer"/>,
    /// <see cref="Templates.ChatTemplate"/>, <see cref="Models.ModelManifest"/>.
    /// </summary>
    /// <param name="serviceType">The type asked for.</param>
    /// <param name="serviceKey">A key; with one, there is nothing.</param>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null)
        {
            return null;
        }

        ReadOnlySpan<object?> services =
        [
            this, _metadata, _engine, _engine.Adapters, _engine.Router, _engine.Tokenizer, _engine.ChatTemplate, _engine.Model,
        ];
        foreach (object? service in services)
        {
            if (serviceType.IsInstanceOfType(service))
            {
                return service;
            }
        }

        return null;
    }

    /// <summary>Does nothing: the engine is its owner's to dispose.</summary>
    public void Dispose()
    {
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        GenerationRequest request, string modelId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string id = Guid.NewGuid().ToString("N");
        await foreach (GenerationUpdate update in _engine.StreamAsync(request, cancellationToken).ConfigureAwait(false))
        {
            if (update.Result is null && string.IsNullOrEmpty(update.Text))
            {
                continue;
            }

            ChatResponseUpdate answer = new(ChatRole.Assistant, string.IsNullOrEmpty(update.Text) ? [] : [new TextContent(update.Text)])
            {
                ResponseId = id,
                MessageId = id,
                ModelId = modelId,
                CreatedAt = _clock.GetUtcNow(),
            };
            if (update.Result is { } result)
            {
                Finish(answer, result);
            }

            yield return answer;
        }
    }

    private static void Finish(ChatResponseUpdate update, GenerationResult result)
    {
        update.FinishReason = result.FinishReason == FinishReason.Length ? ChatFinishReason.Length : ChatFinishReason.Stop;
        update.RawRepresentation = result;
        update.Contents.Add(new UsageContent(new UsageDetails
        {
            InputTokenCount = result.Usage.PromptTokens,
            CachedInputTokenCount = result.Usage.CachedTokens,
            OutputTokenCount = result.Usage.CompletionTokens,
            TotalTokenCount = (long)result.Usage.PromptTokens + result.Usage.CompletionTokens,
        }));
        update.AdditionalProperties = new AdditionalPropertiesDictionary { [ChatProperties.Routing] = result.Routing };
        if (result.Seed is { } seed)
        {
            update.AdditionalProperties[ChatProperties.Seed] = seed;
        }
    }
}
