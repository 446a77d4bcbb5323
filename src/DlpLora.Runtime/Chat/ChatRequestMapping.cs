using System.Text;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;
using Microsoft.Extensions.AI;
using TemplateMessage = DlpLora.Runtime.Templates.ChatMessage;

namespace DlpLora.Runtime.Chat;

/// <summary>Messages and options of Microsoft.Extensions.AI as a request of the engine. What has no counterpart is refused by name.</summary>
internal static class ChatRequestMapping
{
    private const string System = "system";

    public static GenerationRequest ToRequest(IChatClient client, IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        List<TemplateMessage> conversation = [.. messages.Select(ToMessage)];
        if (options is null)
        {
            return new GenerationRequest { Messages = conversation };
        }

        Refuse(options);
        GenerationRequest start = Start(client, options);
        SamplingOptions sampling = start.Sampling;
        return start with
        {
            Messages = WithInstructions(conversation, options.Instructions),
            Mixture = options.ModelId switch
            {
                null => start.Mixture,
                ChatModelIds.Auto => null,
                ChatModelIds.Base => Mixture.Empty,
                "" => throw new UnsupportedChatFeatureException(nameof(options.ModelId), $"is empty; expected '{ChatModelIds.Auto}', '{ChatModelIds.Base}' or an adapter's name"),
                string adapter => Mixture.Of(adapter),
            },
            MaxTokens = options.MaxOutputTokens ?? start.MaxTokens,
            StopStrings = options.StopSequences is { } stops ? [.. stops] : start.StopStrings,
            Sampling = sampling with
            {
                Temperature = options.Temperature ?? sampling.Temperature,
                TopP = options.TopP ?? sampling.TopP,
                TopK = options.TopK ?? sampling.TopK,
                FrequencyPenalty = options.FrequencyPenalty ?? sampling.FrequencyPenalty,
                PresencePenalty = options.PresencePenalty ?? sampling.PresencePenalty,
                Seed = options.Seed ?? sampling.Seed,
            },
        };
    }

    private static GenerationRequest Start(IChatClient client, ChatOptions options) => options.RawRepresentationFactory?.Invoke(client) switch
    {
        null => new GenerationRequest(),
        GenerationRequest { Messages: null, Prompt: null, InputIds: null } request => request,
        GenerationRequest => throw new UnsupportedChatFeatureException(
            nameof(options.RawRepresentationFactory), "returns a request with a prompt of its own; the messages are the prompt"),
        var other => throw new UnsupportedChatFeatureException(
            nameof(options.RawRepresentationFactory), $"returns a {other.GetType().Name}; expected a {nameof(GenerationRequest)}"),
    };

    private static void Refuse(ChatOptions options)
    {
        Refuse(options.Tools is { Count: > 0 }, nameof(options.Tools), "are not supported yet");
        Refuse(options.ToolMode is RequiredChatToolMode, nameof(options.ToolMode), "asks for a function's call, and functions are not supported yet");
        Refuse(options.ConversationId is not null, nameof(options.ConversationId), "is not supported yet; send the whole conversation");
        Refuse(options.ResponseFormat is not null and not ChatResponseFormatText, nameof(options.ResponseFormat), "is JSON; only text is supported yet");
#pragma warning disable MEAI001 // Looked at only to be refused.
        Refuse(options.ContinuationToken is not null, nameof(options.ContinuationToken), "is not supported");
        Refuse(options.AllowBackgroundResponses == true, nameof(options.AllowBackgroundResponses), "is not supported");
#pragma warning restore MEAI001
        Refuse(options.Reasoning is not null, nameof(options.Reasoning), "is not supported");
    }

    private static void Refuse(bool isGiven, string feature, string problem)
    {
        if (isGiven)
        {
            throw new UnsupportedChatFeatureException($"{nameof(ChatOptions)}.{feature}", problem);
        }
    }

    /// <summary>Many templates take one system message, so that instructions and a system message become one.</summary>
    private static List<TemplateMessage> WithInstructions(List<TemplateMessage> messages, string? instructions)
    {
        if (string.IsNullOrEmpty(instructions))
        {
            return messages;
        }

        return messages is [{ Role: System } first, ..]
            ? [first with { Content = $"{instructions}\n\n{first.Content}" }, .. messages.Skip(1)]
            : [new TemplateMessage(System, instructions), .. messages];
    }

    private static TemplateMessage ToMessage(ChatMessage message)
    {
        if (message is null)
        {
            throw new UnsupportedChatFeatureException(nameof(ChatMessage), "a message is null");
        }

        StringBuilder text = new();
        StringBuilder reasoning = new();
        foreach (AIContent content in message.Contents)
        {
            switch (content)
            {
                case TextContent part:
                    text.Append(part.Text);
                    break;
                case TextReasoningContent part:
                    reasoning.Append(part.Text);
                    break;
                case UsageContent:
                    // What an earlier answer cost is nothing that the model reads.
                    break;
                default:
                    throw new UnsupportedChatFeatureException(
                        content.GetType().Name, $"is in a message of the role '{message.Role}'; only text is supported yet");
            }
        }

        return new TemplateMessage(message.Role.Value, text.ToString())
        {
            Name = message.AuthorName,
            ReasoningContent = reasoning.Length > 0 ? reasoning.ToString() : null,
        };
    }
}
