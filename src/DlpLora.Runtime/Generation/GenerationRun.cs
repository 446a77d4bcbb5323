using System.Diagnostics;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Models;

namespace DlpLora.Runtime.Generation;

/// <summary>Answers one request on the calling thread: prepare, prefill, decode.</summary>
internal sealed class GenerationRun
{
    private readonly EngineParts _parts;
    private readonly GenerationRequest _request;
    private readonly Action<GenerationUpdate>? _publish;
    private readonly CancellationToken _cancellation;
    private readonly RequestMixtures _mixtures;
    private readonly List<int> _output = [];
    private readonly List<AppliedMixture> _routing = [];

    private GenerationRun(EngineParts parts, GenerationRequest request, Action<GenerationUpdate>? publish, RequestMixtures mixtures, CancellationToken cancellation)
    {
        _parts = parts;
        _request = request;
        _publish = publish;
        _mixtures = mixtures;
        _cancellation = cancellation;
    }

    private ModelManifest Model => _parts.Model;

    /// <param name="parts">The engine.</param>
    /// <param name="request">A checked request.</param>
    /// <param name="publish">Gets the pieces of the answer; null when nobody listens.</param>
    /// <param name="queueTime">How long the request has waited.</param>
    /// <param name="cancellation">Looked at before every run of the model.</param>
    public static GenerationResult Execute(
        EngineParts parts, GenerationRequest request, Action<GenerationUpdate>? publish, TimeSpan queueTime, CancellationToken cancellation)
    {
        using RequestMixtures mixtures = new(parts.Adapters, parts.Fusion);
        return new GenerationRun(parts, request, publish, mixtures, cancellation).Execute(queueTime);
    }

    private GenerationResult Execute(TimeSpan queueTime)
    {
        long started = Stopwatch.GetTimestamp();
        _cancellation.ThrowIfCancellationRequested();
        PreparedPrompt prompt = Prepare();
        int room = Model.ContextLength - prompt.Ids.Length;
        if (room == 0 && _request.MaxTokens > 0)
        {
            throw new PromptTooLongException(prompt.Ids.Length, Model.ContextLength);
        }

        int maxTokens = Math.Min(_request.MaxTokens, room);
        Sampler sampler = new(_request.Sampling, prompt.Ids);
        TimeSpan prepare = Stopwatch.GetElapsedTime(started);

        long asked = Stopwatch.GetTimestamp();
        IDecoder decoder = _parts.Decoders.Take(prompt.Ids.Length + maxTokens, _cancellation);
        queueTime += Stopwatch.GetElapsedTime(asked);
        bool sound = false;
        try
        {
            GenerationResult result = Answer(decoder, prompt, sampler, maxTokens, queueTime, prepare);
            sound = true;
            return result;
        }
        catch (OperationCanceledException)
        {
            // Thrown between two runs only.
            sound = true;
            throw;
        }
        finally
        {
            _parts.Decoders.Return(decoder, keep: sound);
        }
    }

    /// <summary>Plans the prompt and takes hold of its adapters.</summary>
    private PreparedPrompt Prepare()
    {
        while (true)
        {
            PreparedPrompt prompt = PromptPlanner.Prepare(_parts, _request, _mixtures);
            try
            {
                _mixtures.Select([.. prompt.Parts.Select(p => p.Mixture)]);
                return prompt;
            }
            catch (UnknownAdapterException) when (_request.Mixture is null)
            {
                // Removed after the router chose it: the next decision leaves it out.
                _cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    private GenerationResult Answer(IDecoder decoder, PreparedPrompt prompt, Sampler sampler, int maxTokens, TimeSpan queueTime, TimeSpan prepare)
    {
        long prefillStart = Stopwatch.GetTimestamp();
        decoder.Bind(_mixtures.Stack);
        Span<float> logits = Prefill(decoder, prompt);
        float[]? promptLogits = _request.ReturnPromptLogits ? logits.ToArray() : null;
        _routing.AddRange(prompt.Parts);
        TimeSpan prefill = Stopwatch.GetElapsedTime(prefillStart);

        PlannedMixture inForce = prompt.Answer;
        int inForceFrom = prompt.Ids.Length;
        AnswerText? text = PromptPlanner.CreateText(_parts, _request);
        FinishReason reason = FinishReason.Length;
        long decodeStart = Stopwatch.GetTimestamp();
        if (maxTokens > 0)
        {
            Apply(decoder, inForce.Mixture);
        }

        while (_output.Count < maxTokens)
        {
            int token = Pick(sampler, logits, prompt.Ids.Length, _output.Count == 0 ? prompt.Parts[^1].Mixture : inForce.Mixture);
            if (_output.Count == 0)
            {
                decodeStart = Stopwatch.GetTimestamp();
            }

            _output.Add(token);
            if (IsEnd(token))
            {
                reason = FinishReason.Stop;
                _publish?.Invoke(new GenerationUpdate { Text = text is null ? null : string.Empty, TokenId = token });
                break;
            }

            if (Publish(text, token))
            {
                reason = FinishReason.StopString;
                break;
            }

            if (_output.Count == maxTokens)
            {
                break;
            }

            int position = prompt.Ids.Length + _output.Count - 1;
            if (text is not null && prompt.Rerouting?.AtSentenceEnd(text.Text) is { } next && TryApply(decoder, next.Mixture))
            {
                AddAnswerPart(inForce, inForceFrom, position);
                (inForce, inForceFrom) = (next, position);
                prompt.Rerouting.Accept(next);
            }

            _cancellation.ThrowIfCancellationRequested();
            logits = decoder.Run([token], [0]);
        }

        AddAnswerPart(inForce, inForceFrom, prompt.Ids.Length + _output.Count);
        TimeSpan decode = Stopwatch.GetElapsedTime(decodeStart);
        return Finish(text, reason, sampler.Seed, promptLogits, new GenerationUsage
        {
            PromptTokens = prompt.Ids.Length,
            CompletionTokens = _output.Count,
            QueueTime = queueTime,
            PrepareTime = prepare,
            PrefillTime = prefill,
            DecodeTime = _output.Count > 1 ? decode : TimeSpan.Zero,
        });
    }

    /// <summary>Runs the prompt chunk by chunk; a gate row a token only where a chunk holds several mixtures.</summary>
    /// <returns>The logits of the last position, [vocabulary].</returns>
    private Span<float> Prefill(IDecoder decoder, PreparedPrompt prompt)
    {
        Span<float> logits = [];
        int chunk = _parts.Options.PrefillChunk;
        for (int from = 0; from < prompt.Ids.Length; from += chunk)
        {
            _cancellation.ThrowIfCancellationRequested();
            int length = Math.Min(chunk, prompt.Ids.Length - from);
            WriteGate(decoder, prompt.Parts, from, length);
            logits = decoder.Run(prompt.Ids.AsSpan(from, length), [length - 1]);
        }

        return logits;
    }

    private void WriteGate(IDecoder decoder, IReadOnlyList<AppliedMixture> parts, int from, int length)
    {
        if (_mixtures.Stack is not { } stack)
        {
            return;
        }

        Mixture? only = null;
        bool uniform = true;
        foreach (AppliedMixture part in parts)
        {
            if (part.FirstToken < from + length && part.EndToken > from)
            {
                uniform &= only is null || only.Equals(part.Mixture);
                only ??= part.Mixture;
            }
        }

        if (uniform)
        {
            _mixtures.WriteGate(only!, decoder.Gate(1));
            return;
        }

        // [length, R]
        Span<float> gate = decoder.Gate(length);
        foreach (AppliedMixture part in parts)
        {
            int first = Math.Max(part.FirstToken, from);
            int end = Math.Min(part.EndToken, from + length);
            for (int token = first; token < end; token++)
            {
                _mixtures.WriteGate(part.Mixture, gate.Slice((token - from) * stack.Rows, stack.Rows));
            }
        }
    }

    /// <summary>Binds a mixture for the tokens to come: anew if its adapters are others than those stacked now.</summary>
    private void Apply(IDecoder decoder, Mixture mixture)
    {
        if (_mixtures.Select(mixture))
        {
            decoder.Bind(_mixtures.Stack);
        }

        _mixtures.WriteGate(mixture, decoder.Gate(1));
    }

    /// <summary>Applies a mixture that the router asks for; an adapter that was removed a moment ago leaves the present one in force.</summary>
    private bool TryApply(IDecoder decoder, Mixture mixture)
    {
        try
        {
            Apply(decoder, mixture);
            return true;
        }
        catch (UnknownAdapterException)
        {
            return false;
        }
    }

    private int Pick(Sampler sampler, Span<float> logits, int promptLength, Mixture mixture)
    {
        int token = sampler.Pick(logits, HeldBack());
        return token >= 0 ? token : throw new InvalidLogitsException(promptLength + _output.Count - 1, mixture.ToString());
    }

    private int[] HeldBack() => _output.Count < _request.MinTokens ? _parts.EndTokens : [];

    private bool IsEnd(int token) => Array.IndexOf(_parts.EndTokens, token) >= 0;

    /// <summary>Adds a token to the text and publishes it. Returns whether a stop string is complete.</summary>
    private bool Publish(AnswerText? text, int token)
    {
        bool stopped = false;
        ReadOnlySpan<char> certain = text is null ? [] : text.Add(token, out stopped);
        _publish?.Invoke(new GenerationUpdate { Text = text is null ? null : new string(certain), TokenId = token });
        return stopped;
    }

    private void AddAnswerPart(PlannedMixture planned, int first, int end)
    {
        if (end > first)
        {
            _routing.Add(planned.Over(first, end));
        }
    }

    private GenerationResult Finish(AnswerText? text, FinishReason reason, long? seed, float[]? promptLogits, GenerationUsage usage)
    {
        string? held = text is null ? null : string.Empty;
        if (text is not null && reason != FinishReason.StopString)
        {
            held = text.End(out bool stopped);
            reason = stopped ? FinishReason.StopString : reason;
        }

        GenerationResult result = new()
        {
            Text = text is null ? null : new string(text.Text),
            OutputIds = _output,
            FinishReason = reason,
            Usage = usage,
            Routing = _routing,
            Seed = seed,
            PromptLogits = promptLogits,
        };
        _parts.Log.Answered(usage.PromptTokens, usage.CompletionTokens, reason, _routing[^1].Mixture.ToString());
        _publish?.Invoke(new GenerationUpdate { Text = held, Result = result });
        return result;
    }
}
