using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;

namespace DlpLora.Runtime.Generation;

/// <summary>
/// One prompt of a request and the answer to it, a run of the model at a time: the prompt in chunks, then token by token. It begins on an
/// empty decoder and owns what it picks tokens with: sampler, penalties, text, stop strings, the mixture in force and its re-routing.
/// </summary>
internal sealed class GenerationPass
{
    private readonly EngineParts _parts;
    private readonly GenerationRequest _request;
    private readonly PreparedPrompt _prompt;
    private readonly RequestMixtures _mixtures;
    private readonly Action<GenerationUpdate>? _publish;
    private readonly Sampler _sampler;
    private readonly AnswerText? _text;
    private readonly int _maxTokens;
    private readonly List<int> _output = [];
    private readonly List<AppliedMixture> _routing = [];
    private PlannedMixture _inForce;
    private int _inForceFrom;
    private int _read;

    /// <param name="parts">The engine.</param>
    /// <param name="request">The request that the pass belongs to.</param>
    /// <param name="prompt">The pass's prompt.</param>
    /// <param name="mixtures">What the request holds of adapters.</param>
    /// <param name="publish">Gets the pieces of the answer; null when nobody listens.</param>
    /// <exception cref="PromptTooLongException">The prompt leaves no room for an answer.</exception>
    public GenerationPass(
        EngineParts parts, GenerationRequest request, PreparedPrompt prompt, RequestMixtures mixtures, Action<GenerationUpdate>? publish)
    {
        _parts = parts;
        _request = request;
        _prompt = prompt;
        _mixtures = mixtures;
        _publish = publish;
        int room = parts.Model.ContextLength - prompt.Ids.Length;
        if (room == 0 && request.MaxTokens > 0)
        {
            throw new PromptTooLongException(prompt.Ids.Length, parts.Model.ContextLength);
        }

        _maxTokens = Math.Min(request.MaxTokens, room);
        _sampler = new Sampler(request.Sampling, prompt.Ids);
        _text = PromptPlanner.CreateText(parts, request);
        _inForce = prompt.Answer;
        _inForceFrom = prompt.Ids.Length;
        _routing.AddRange(prompt.Parts);
    }

    /// <summary>Tokens that its sequence may grow to, prompt and answer.</summary>
    public int Capacity => _prompt.Ids.Length + _maxTokens;

    public int PromptTokens => _prompt.Ids.Length;

    /// <summary>Whether a part of the prompt has not been read yet.</summary>
    public bool Prefilling => _read < _prompt.Ids.Length;

    /// <summary>Whether the answer is complete.</summary>
    public bool Done { get; private set; }

    public FinishReason Reason { get; private set; } = FinishReason.Length;

    /// <summary>The tokens of the answer, the end token included.</summary>
    public IReadOnlyList<int> Output => _output;

    /// <summary>Which mixture computed which tokens; complete once the answer is.</summary>
    public IReadOnlyList<AppliedMixture> Routing => _routing;

    public long? Seed => _sampler.Seed;

    /// <summary>The logits at the last prompt position, if the request wants them.</summary>
    public float[]? PromptLogits { get; private set; }

    /// <summary>The certain text so far; null without a tokenizer.</summary>
    public string? Text => _text is null ? null : new string(_text.Text);

    /// <summary>Binds the prompt's adapters to an empty decoder.</summary>
    public void Begin(IDecoder decoder)
    {
        _mixtures.Select(_prompt.Mixtures);
        decoder.Bind(_mixtures.Stack);
    }

    /// <summary>Runs the model once: the next chunk of the prompt, or the token picked last. Unless a part of the prompt is left, the next token is picked.</summary>
    public void Step(IDecoder decoder)
    {
        if (!Prefilling)
        {
            Pick(decoder, decoder.Run([_output[^1]], [0]));
            return;
        }

        int length = Math.Min(_parts.Options.PrefillChunk, _prompt.Ids.Length - _read);
        WriteGate(decoder, _read, length);
        Span<float> logits = decoder.Run(_prompt.Ids.AsSpan(_read, length), [length - 1]);
        _read += length;
        if (Prefilling)
        {
            return;
        }

        PromptLogits = _request.ReturnPromptLogits ? logits.ToArray() : null;
        if (_maxTokens == 0)
        {
            End(FinishReason.Length);
            return;
        }

        Apply(decoder, _inForce.Mixture);
        Pick(decoder, logits);
    }

    /// <summary>Lets go of the text that was held back in case a stop string followed.</summary>
    /// <returns>The characters; null without a tokenizer.</returns>
    public string? Flush()
    {
        if (_text is null || Reason == FinishReason.StopString)
        {
            return _text is null ? null : string.Empty;
        }

        string held = _text.End(out bool stopped);
        Reason = stopped ? FinishReason.StopString : Reason;
        return held;
    }

    /// <summary>Picks a token from the logits, [vocabulary], and prepares the decoder for running it.</summary>
    private void Pick(IDecoder decoder, Span<float> logits)
    {
        int token = _sampler.Pick(logits, _output.Count < _request.MinTokens ? _parts.EndTokens : []);
        if (token < 0)
        {
            Mixture culprit = _output.Count == 0 ? _prompt.Parts[^1].Mixture : _inForce.Mixture;
            throw new InvalidLogitsException(_prompt.Ids.Length + _output.Count - 1, culprit.ToString());
        }

        _output.Add(token);
        if (Array.IndexOf(_parts.EndTokens, token) >= 0)
        {
            _publish?.Invoke(new GenerationUpdate { Text = _text is null ? null : string.Empty, TokenId = token });
            End(FinishReason.Stop);
        }
        else if (Publish(token))
        {
            End(FinishReason.StopString);
        }
        else if (_output.Count == _maxTokens)
        {
            End(FinishReason.Length);
        }
        else
        {
            Reroute(decoder);
        }
    }

    /// <summary>Adds a token to the text and publishes it. Returns whether a stop string is complete.</summary>
    private bool Publish(int token)
    {
        bool stopped = false;
        ReadOnlySpan<char> certain = _text is null ? [] : _text.Add(token, out stopped);
        _publish?.Invoke(new GenerationUpdate { Text = _text is null ? null : new string(certain), TokenId = token });
        return stopped;
    }

    /// <summary>At the end of a sentence asks the router, and goes on with the mixture that it switches to.</summary>
    private void Reroute(IDecoder decoder)
    {
        if (_text is not null && _prompt.Rerouting?.AtSentenceEnd(_text.Text) is { } next && TryApply(decoder, next.Mixture))
        {
            int position = _prompt.Ids.Length + _output.Count - 1;
            AddAnswerPart(position);
            (_inForce, _inForceFrom) = (next, position);
            _prompt.Rerouting.Accept(next);
        }
    }

    private void End(FinishReason reason)
    {
        Reason = reason;
        Done = true;
        AddAnswerPart(_prompt.Ids.Length + _output.Count);
    }

    private void AddAnswerPart(int end)
    {
        if (end > _inForceFrom)
        {
            _routing.Add(_inForce.Over(_inForceFrom, end));
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

    /// <summary>The gate of a chunk of the prompt; a row a token only where the chunk holds several mixtures.</summary>
    private void WriteGate(IDecoder decoder, int from, int length)
    {
        if (_mixtures.Stack is not { } stack)
        {
            return;
        }

        Mixture? only = null;
        bool uniform = true;
        foreach (AppliedMixture part in _prompt.Parts)
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
        foreach (AppliedMixture part in _prompt.Parts)
        {
            int first = Math.Max(part.FirstToken, from);
            int end = Math.Min(part.EndToken, from + length);
            for (int token = first; token < end; token++)
            {
                _mixtures.WriteGate(part.Mixture, gate.Slice((token - from) * stack.Rows, stack.Rows));
            }
        }
    }
}
