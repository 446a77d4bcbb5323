using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Templates;
using DlpLora.Runtime.Tokenization;

namespace DlpLora.Runtime.Generation;

/// <summary>Turns a request into tokens and into the mixtures for them.</summary>
internal static class PromptPlanner
{
    /// <summary>The prompts that a request runs one after the other; the answers to them, joined, are its answer.</summary>
    /// <returns>At least one.</returns>
    public static IReadOnlyList<PreparedPrompt> Plan(EngineParts parts, GenerationRequest request, RequestMixtures held)
    {
        RequestRouting? routing = RequestRouting.Create(parts, request, held);
        (int[] ids, TextRange[]? offsets, IReadOnlyList<PromptTurn> turns) = Read(parts, request, routing is not null);
        CheckIds(parts, ids);
        if (routing is null)
        {
            PlannedMixture planned = request.Mixture is { } pinned ? new PlannedMixture(pinned, MixtureOrigin.Pinned) : PlannedMixture.Base;
            return [new PreparedPrompt(ids, [planned.Over(0, ids.Length)], planned, null)];
        }

        bool oneByOne = routing.OneByOne && request.Messages is [.., { Role: PromptTurn.User }];
        if (oneByOne && request.MaxTokens > 0)
        {
            IReadOnlyList<SegmentDecision> questions = routing.DecideQuestions(request.Messages![^1].Content);
            if (questions.Count > 1)
            {
                return [.. questions.Select(question => Ask(parts, request, routing, question))];
            }
        }

        return [PromptRouting.Route(routing, turns, ids, offsets, oneQuestion: oneByOne)];
    }

    /// <summary>The prompt that asks one question of the last user turn, after the turns before it.</summary>
    private static PreparedPrompt Ask(EngineParts parts, GenerationRequest request, RequestRouting routing, SegmentDecision question)
    {
        ChatMessage turn = request.Messages![^1];
        ChatMessage asked = turn with { Content = turn.Content[question.Start..question.End].Trim() };
        (int[] ids, TextRange[]? offsets, IReadOnlyList<PromptTurn> turns) = ReadMessages(parts, request, [.. request.Messages.SkipLast(1), asked]);
        CheckIds(parts, ids);
        return PromptRouting.Route(routing, turns, ids, offsets, oneQuestion: true) with { Question = question };
    }

    /// <summary>The text that an answer grows into; null without a tokenizer.</summary>
    public static AnswerText? CreateText(EngineParts parts, GenerationRequest request) =>
        parts.Tokenizer is { } tokenizer ? new AnswerText(tokenizer, request.StopStrings) : null;

    private static (int[] Ids, TextRange[]? Offsets, IReadOnlyList<PromptTurn> Turns) Read(EngineParts parts, GenerationRequest request, bool routed)
    {
        if (request.InputIds is { } given)
        {
            int[] ids = CopyIds(parts, given);
            if (!routed || parts.Tokenizer is null)
            {
                return (ids, null, []);
            }

            // Without a text, what the tokens spell is the user's turn; where a sentence lies in the tokens is not known.
            return (ids, null, [new PromptTurn(IsUser: true, parts.Tokenizer.Decode(ids, skipSpecialTokens: true), null)]);
        }

        if (request.Messages is not null)
        {
            return ReadMessages(parts, request, request.Messages);
        }

        string prompt = request.Prompt!;
        HuggingFaceTokenizer tokenizer = parts.Tokenizer ?? throw new InvalidRequestException(
            nameof(GenerationRequest.Prompt), $"is a text, but {parts.Folder.TokenizerPath} is missing; expected InputIds, or a model folder with a tokenizer");
        EncodedText encoded = tokenizer.EncodeWithOffsets(prompt, addSpecialTokens: true, literalRanges: null);
        return (encoded.Ids, encoded.Offsets, [new PromptTurn(IsUser: true, prompt, new TextRange(0, prompt.Length))]);
    }

    private static (int[] Ids, TextRange[]? Offsets, IReadOnlyList<PromptTurn> Turns) ReadMessages(
        EngineParts parts, GenerationRequest request, IReadOnlyList<ChatMessage> messages)
    {
        if (parts.Template is not { } template || parts.Tokenizer is not { } tokenizer)
        {
            throw new InvalidRequestException(nameof(GenerationRequest.Messages), parts.TemplateProblem!.Message, parts.TemplateProblem);
        }

        RenderedPrompt prompt = template.Render(new ChatTemplateInput
        {
            Messages = messages,
            Tools = request.Tools,
            Variables = request.TemplateVariables,
        });
        EncodedText encoded = tokenizer.EncodeWithOffsets(prompt.Text, addSpecialTokens: false, prompt.LiteralRanges);
        PromptTurn[] turns = new PromptTurn[messages.Count];
        for (int i = 0; i < turns.Length; i++)
        {
            TextRange? range = prompt.MessageRanges[i];
            string text = range is { } place ? prompt.Text[place.Start..place.End] : messages[i].Content;
            turns[i] = new PromptTurn(messages[i].Role == PromptTurn.User, text, range);
        }

        return (encoded.Ids, encoded.Offsets, turns);
    }

    private static int[] CopyIds(EngineParts parts, IReadOnlyList<int> ids) => ids.Count <= parts.Model.ContextLength
        ? [.. ids]
        : throw new PromptTooLongException(ids.Count, parts.Model.ContextLength);

    private static void CheckIds(EngineParts parts, int[] ids)
    {
        if (ids.Length == 0)
        {
            throw new InvalidRequestException("prompt", "has no tokens; expected at least one");
        }

        if (ids.Length > parts.Model.ContextLength)
        {
            throw new PromptTooLongException(ids.Length, parts.Model.ContextLength);
        }

        int vocabulary = parts.Model.VocabularySize;
        for (int i = 0; i < ids.Length; i++)
        {
            if ((uint)ids[i] >= (uint)vocabulary)
            {
                throw new InvalidRequestException("prompt", $"holds the token {ids[i]} at place {i}; expected 0 to {vocabulary - 1}");
            }
        }
    }
}
