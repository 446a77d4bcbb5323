namespace DlpLora.Runtime.Generation;

/// <summary>Holds a request's numbers against their ranges before anything is computed.</summary>
internal static class RequestChecks
{
    private const int MaximumTokens = 1 << 24;
    private const int MaximumStopStrings = 64;
    private const int MaximumStopLength = 1024;

    /// <exception cref="InvalidRequestException">A value is missing or outside its range.</exception>
    public static void Check(GenerationRequest request, bool hasTokenizer)
    {
        CheckPrompt(request);
        InRange(nameof(GenerationRequest.MaxTokens), request.MaxTokens, 0, MaximumTokens);
        InRange(nameof(GenerationRequest.MinTokens), request.MinTokens, 0, request.MaxTokens);
        CheckSampling(request.Sampling ?? throw new InvalidRequestException(nameof(GenerationRequest.Sampling), "is null"));
        CheckStopStrings(request.StopStrings ?? throw new InvalidRequestException(nameof(GenerationRequest.StopStrings), "is null"), hasTokenizer);
        if (!Enum.IsDefined(request.Priority))
        {
            throw new InvalidRequestException(nameof(GenerationRequest.Priority), $"is {request.Priority}; expected Low, Normal or High");
        }

        if (request.RoutingScope is { } scope && !Enum.IsDefined(scope))
        {
            throw new InvalidRequestException(nameof(GenerationRequest.RoutingScope), $"is {scope}; expected Prompt or Sentence");
        }

        if (request.SegmentAnswering is { } answering && !Enum.IsDefined(answering))
        {
            throw new InvalidRequestException(nameof(GenerationRequest.SegmentAnswering), $"is {answering}; expected OneByOne or Together");
        }

        if (request.CacheOnSwitch is { } cache && !Enum.IsDefined(cache))
        {
            throw new InvalidRequestException(nameof(GenerationRequest.CacheOnSwitch), $"is {cache}; expected Keep or Recompute");
        }
    }

    private static void CheckPrompt(GenerationRequest request)
    {
        int sources = (request.Messages is null ? 0 : 1) + (request.Prompt is null ? 0 : 1) + (request.InputIds is null ? 0 : 1);
        if (sources != 1)
        {
            throw new InvalidRequestException(nameof(GenerationRequest), $"{sources} prompts are given; expected exactly one of Messages, Prompt and InputIds");
        }

        if (request.Messages is null && (request.Tools is not null || request.TemplateVariables is not null))
        {
            throw new InvalidRequestException(nameof(GenerationRequest.Tools), "or template variables are given without Messages");
        }

        if (request.Prompt is { Length: 0 })
        {
            throw new InvalidRequestException(nameof(GenerationRequest.Prompt), "is empty; expected a text");
        }

        if (request.InputIds is { Count: 0 })
        {
            throw new InvalidRequestException(nameof(GenerationRequest.InputIds), "is empty; expected at least one token");
        }

        if (request.Messages is { } messages)
        {
            if (messages.Count == 0 || messages.Any(m => m?.Role is null || m.Content is null))
            {
                throw new InvalidRequestException(nameof(GenerationRequest.Messages), "is empty, or a message, its role or its content is null");
            }

            if (messages[^1].Role == PromptTurn.User && string.IsNullOrWhiteSpace(messages[^1].Content))
            {
                throw new InvalidRequestException(nameof(GenerationRequest.Messages), "ends with an empty user's message; expected a text");
            }
        }
    }

    private static void CheckSampling(SamplingOptions sampling)
    {
        InRange(nameof(SamplingOptions.Temperature), sampling.Temperature, 0, 100);
        InRange(nameof(SamplingOptions.TopK), sampling.TopK, 0, int.MaxValue);
        AboveZero(nameof(SamplingOptions.TopP), sampling.TopP, 1);
        InRange(nameof(SamplingOptions.MinP), sampling.MinP, 0, 1);
        AboveZero(nameof(SamplingOptions.RepetitionPenalty), sampling.RepetitionPenalty, 100);
        InRange(nameof(SamplingOptions.PresencePenalty), sampling.PresencePenalty, -2, 2);
        InRange(nameof(SamplingOptions.FrequencyPenalty), sampling.FrequencyPenalty, -2, 2);
    }

    private static void CheckStopStrings(IReadOnlyList<string> stops, bool hasTokenizer)
    {
        if (stops.Count > 0 && !hasTokenizer)
        {
            throw new InvalidRequestException(nameof(GenerationRequest.StopStrings), "are given, but the model folder has no tokenizer.json to make text with");
        }

        InRange($"{nameof(GenerationRequest.StopStrings)}.Count", stops.Count, 0, MaximumStopStrings);
        foreach (string stop in stops)
        {
            InRange($"{nameof(GenerationRequest.StopStrings)} length", stop?.Length ?? 0, 1, MaximumStopLength);
        }
    }

    // Written so that NaN is outside every range.
    private static void InRange(string field, double value, double minimum, double maximum)
    {
        if (!(value >= minimum && value <= maximum))
        {
            throw new InvalidRequestException(field, FormattableString.Invariant($"is {value}; expected {minimum} to {maximum}"));
        }
    }

    private static void AboveZero(string field, double value, double maximum)
    {
        if (!(value > 0 && value <= maximum))
        {
            throw new InvalidRequestException(field, FormattableString.Invariant($"is {value}; expected above 0 and at most {maximum}"));
        }
    }
}
